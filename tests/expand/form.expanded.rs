#[allow(deprecated)]
const _: () = {
    use ::mcp_server::__private as __mcp;
    use __mcp::traits::*;
    const _: () = __mcp::field::<String>();
    const _: () = __mcp::field::<Option<Vec<Way>>>();
    fn __form() -> &'static __mcp::Compiled {
        static __COMPILED: __mcp::OnceLock<__mcp::Compiled> = __mcp::OnceLock::new();
        __COMPILED
            .get_or_init(|| {
                let __schema = (&&__mcp::Probe::<Contact>::new()).__form();
                __schema.__fits::<Contact>();
                __schema.__of_type()
            })
    }
    impl __mcp::Form for Contact {
        const IS_SINGLE: __mcp::bool = false;
        fn form() -> &'static __mcp::Compiled {
            __form()
        }
    }
    const __FORM: __mcp::RegisteredForm = __mcp::RegisteredForm {
        name: "Contact",
        place: __mcp::Place {
            file: ::mcp_server::__private::std::file!(),
            line: ::mcp_server::__private::std::line!(),
        },
        form: __form,
    };
    __mcp::inventory::submit!(__FORM);
};
#[allow(deprecated)]
const _: () = {
    use ::mcp_server::__private as __mcp;
    use __mcp::traits::*;
    impl __mcp::FormField for Way {}
    impl __mcp::FormChoice for Way {}
    fn __form() -> &'static __mcp::Compiled {
        static __COMPILED: __mcp::OnceLock<__mcp::Compiled> = __mcp::OnceLock::new();
        __COMPILED
            .get_or_init(|| {
                let __schema = (&&__mcp::Probe::<Way>::new()).__form();
                __schema.__fits::<Way>();
                __schema.__of_answer()
            })
    }
    impl __mcp::Form for Way {
        const IS_SINGLE: __mcp::bool = true;
        fn form() -> &'static __mcp::Compiled {
            __form()
        }
    }
    const __FORM: __mcp::RegisteredForm = __mcp::RegisteredForm {
        name: "Way",
        place: __mcp::Place {
            file: ::mcp_server::__private::std::file!(),
            line: ::mcp_server::__private::std::line!(),
        },
        form: __form,
    };
    __mcp::inventory::submit!(__FORM);
};
