/// Add two numbers.
async fn add(a: i64, b: i64) -> i64 {
    a + b
}
#[allow(deprecated)]
const _: () = {
    use ::mcp_server::__private as __mcp;
    use __mcp::traits::*;
    const __OFFERED: __mcp::Registered = __mcp::Registered::Tool(
        &const {
            __mcp::ToolDescriptor {
                card: __mcp::CardDescriptor {
                    name: "add",
                    title: __mcp::None,
                    description: "Add two numbers.",
                    icon: __mcp::None,
                    meta: __mcp::None,
                },
                hints: __mcp::Hints {
                    read_only: __mcp::None,
                    destructive: __mcp::None,
                    idempotent: __mcp::None,
                    open_world: __mcp::None,
                },
                rules: __mcp::Rules {
                    scopes: &[],
                    public: false,
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
                    let __tag = (&&&&&&__mcp::Probe::<i64>::new()).__parameter();
                    __tag.__fits::<i64>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "a",
                                description: __mcp::Some("First addend"),
                                keywords: &[],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                    let __tag = (&&&&&&__mcp::Probe::<i64>::new()).__parameter();
                    __tag.__fits::<i64>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "b",
                                description: __mcp::Some("Second addend"),
                                keywords: &[],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                },
                output: |__generator: &mut __mcp::SchemaGenerator| {
                    let __returned = (&&__mcp::Probe::<i64>::new()).__returned();
                    let __value = (&&&&&__returned.__value()).__output();
                    let __error = (&&&__returned.__error()).__failure();
                    __value.__fits::<i64>();
                    __error.__fits::<i64>();
                    __value.__schema(__generator)
                },
            }
        },
        |__invocation: __mcp::Invocation| __mcp::start(
            __invocation,
            |__invocation| {
                let __0 = (&&&&&&__mcp::Probe::<i64>::new())
                    .__parameter()
                    .__take(__invocation, "a")?;
                let __1 = (&&&&&&__mcp::Probe::<i64>::new())
                    .__parameter()
                    .__take(__invocation, "b")?;
                let __returned = (&&__mcp::Probe::<i64>::new()).__returned();
                let __value = (&&&&&__returned.__value()).__output();
                let __error = (&&&__returned.__error()).__failure();
                __mcp::Ok(
                    __mcp::running(async move {
                        __returned.__finish(add(__0, __1).await, __value, __error)
                    }),
                )
            },
        ),
    );
    __mcp::inventory::submit!(__OFFERED);
};
