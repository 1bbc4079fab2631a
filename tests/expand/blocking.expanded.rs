/// Measure a file.
pub fn measure(path: String) -> std::io::Result<Measured> {
    Ok(Measured {
        bytes: std::fs::metadata(path)?.len(),
    })
}
#[allow(deprecated)]
const _: () = {
    use ::mcp_server::__private as __mcp;
    use __mcp::traits::*;
    const __OFFERED: __mcp::Registered = __mcp::Registered::Tool(
        &const {
            __mcp::ToolDescriptor {
                card: __mcp::CardDescriptor {
                    name: "measure",
                    title: __mcp::None,
                    description: "Measure a file.",
                    icon: __mcp::None,
                    meta: __mcp::None,
                },
                hints: __mcp::Hints {
                    read_only: __mcp::Some(true),
                    destructive: __mcp::None,
                    idempotent: __mcp::None,
                    open_world: __mcp::None,
                },
                rules: __mcp::Rules {
                    scopes: &[],
                    public: true,
                    authenticated: false,
                    start: false,
                    approval: __mcp::None,
                    timeout: __mcp::None,
                    rate: __mcp::None,
                    concurrency: __mcp::None,
                    task: __mcp::TaskRule::Never,
                },
                place: __mcp::Place {
                    file: ::mcp_server::__private::std::file!(),
                    line: ::mcp_server::__private::std::line!(),
                },
                input: |__input: &mut __mcp::Input| {
                    let __tag = (&&&&&&__mcp::Probe::<String>::new()).__parameter();
                    __tag.__fits::<String>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "path",
                                description: __mcp::None,
                                keywords: &[],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                },
                output: |__generator: &mut __mcp::SchemaGenerator| {
                    let __returned = (&&__mcp::Probe::<std::io::Result<Measured>>::new())
                        .__returned();
                    let __value = (&&&&&__returned.__value()).__output();
                    let __error = (&&&__returned.__error()).__failure();
                    __value.__fits::<std::io::Result<Measured>>();
                    __error.__fits::<std::io::Result<Measured>>();
                    __value.__schema(__generator)
                },
            }
        },
        |__invocation: __mcp::Invocation| __mcp::start(
            __invocation,
            |__invocation| {
                let __0 = (&&&&&&__mcp::Probe::<String>::new())
                    .__parameter()
                    .__take(__invocation, "path")?;
                let __returned = (&&__mcp::Probe::<std::io::Result<Measured>>::new())
                    .__returned();
                let __value = (&&&&&__returned.__value()).__output();
                let __error = (&&&__returned.__error()).__failure();
                __mcp::Ok(
                    __mcp::blocking(
                        &__invocation.call,
                        move || __returned.__finish(measure(__0), __value, __error),
                    ),
                )
            },
        ),
    );
    __mcp::inventory::submit!(__OFFERED);
};
