/// Write a text file into the workspace.
#[cfg(unix)]
async fn write_file(
    path: String,
    mut text: String,
    workspace: State<Workspace>,
    ctx: Ctx,
) -> Result<(), ToolError> {
    text.push('\n');
    ctx.progress(0.5).await;
    workspace.write(&path, &text).await
}
#[cfg(unix)]
#[allow(deprecated)]
const _: () = {
    use ::mcp_server::__private as __mcp;
    use __mcp::traits::*;
    const _: fn(&__mcp::Arguments) -> __mcp::bool = rules::is_large;
    const __OFFERED: __mcp::Registered = __mcp::Registered::Tool(
        &const {
            __mcp::ToolDescriptor {
                card: __mcp::CardDescriptor {
                    name: "write_file",
                    title: __mcp::None,
                    description: "Write a text file into the workspace.",
                    icon: __mcp::None,
                    meta: __mcp::None,
                },
                hints: __mcp::Hints {
                    read_only: __mcp::None,
                    destructive: __mcp::Some(true),
                    idempotent: __mcp::Some(false),
                    open_world: __mcp::None,
                },
                rules: __mcp::Rules {
                    scopes: &["files:read", "files:write"],
                    public: false,
                    authenticated: false,
                    start: false,
                    approval: __mcp::Some(__mcp::Approval {
                        level: __mcp::ApprovalLevel::SecondPerson,
                        when: __mcp::Some("rules::is_large"),
                        ttl: __mcp::Some(__mcp::Duration::from_millis(600000u64)),
                        remember: __mcp::Some(__mcp::Duration::from_millis(3600000u64)),
                        message: __mcp::Some("Overwrite {path}?"),
                    }),
                    timeout: __mcp::Some(__mcp::Duration::from_millis(30000u64)),
                    rate: __mcp::Some(__mcp::Rate {
                        calls: 10u32,
                        per: __mcp::Duration::from_millis(60000u64),
                    }),
                    concurrency: __mcp::Some(4u32),
                    task: __mcp::TaskRule::May,
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
                    let __tag = (&&&&&&__mcp::Probe::<String>::new()).__parameter();
                    __tag.__fits::<String>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "text",
                                description: __mcp::None,
                                keywords: &[],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                    let __tag = (&&&&&&__mcp::Probe::<State<Workspace>>::new())
                        .__parameter();
                    __tag.__fits::<State<Workspace>>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "workspace",
                                description: __mcp::None,
                                keywords: &[],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                    let __tag = (&&&&&&__mcp::Probe::<Ctx>::new()).__parameter();
                    __tag.__fits::<Ctx>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "ctx",
                                description: __mcp::None,
                                keywords: &[],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                },
                output: |__generator: &mut __mcp::SchemaGenerator| {
                    let __returned = (&&__mcp::Probe::<Result<(), ToolError>>::new())
                        .__returned();
                    let __value = (&&&&&__returned.__value()).__output();
                    let __error = (&&&__returned.__error()).__failure();
                    __value.__fits::<Result<(), ToolError>>();
                    __error.__fits::<Result<(), ToolError>>();
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
                let __1 = (&&&&&&__mcp::Probe::<String>::new())
                    .__parameter()
                    .__take(__invocation, "text")?;
                let __2 = (&&&&&&__mcp::Probe::<State<Workspace>>::new())
                    .__parameter()
                    .__take(__invocation, "workspace")?;
                let __3 = (&&&&&&__mcp::Probe::<Ctx>::new())
                    .__parameter()
                    .__take(__invocation, "ctx")?;
                let __returned = (&&__mcp::Probe::<Result<(), ToolError>>::new())
                    .__returned();
                let __value = (&&&&&__returned.__value()).__output();
                let __error = (&&&__returned.__error()).__failure();
                __mcp::Ok(
                    __mcp::running(async move {
                        __returned
                            .__finish(
                                write_file(__0, __1, __2, __3).await,
                                __value,
                                __error,
                            )
                    }),
                )
            },
        ),
    );
    __mcp::inventory::submit!(__OFFERED);
};
