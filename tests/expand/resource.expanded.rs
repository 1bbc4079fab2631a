/// A note.
async fn note(
    id: u64,
    lines: usize,
    notes: State<Notes>,
) -> Result<Option<String>, ToolError> {
    notes.read(id, lines).await
}
#[allow(deprecated)]
const _: () = {
    use ::mcp_server::__private as __mcp;
    use __mcp::traits::*;
    const __OFFERED: __mcp::Registered = __mcp::Registered::Resource(
        &const {
            __mcp::ResourceDescriptor {
                uri: "notes://{id}{?lines}",
                card: __mcp::CardDescriptor {
                    name: "note",
                    title: __mcp::Some("Note"),
                    description: "A note.",
                    icon: __mcp::None,
                    meta: __mcp::None,
                },
                mime: __mcp::Some("text/markdown"),
                size: __mcp::None,
                annotations: __mcp::Some(__mcp::AnnotationsDescriptor {
                    audience: &[__mcp::Role::User, __mcp::Role::Assistant],
                    priority: __mcp::Some(0.5f64),
                    last_modified: __mcp::Some("2025-01-12T15:00:58Z"),
                }),
                cache: __mcp::Cache {
                    ttl: __mcp::Duration::from_millis(60000u64),
                    scope: __mcp::CacheScope::Private,
                },
                rules: __mcp::Rules {
                    scopes: &["notes:read"],
                    public: false,
                    authenticated: false,
                    start: true,
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
                    let __tag = (&&&&&&__mcp::Probe::<u64>::new()).__parameter();
                    __tag.__fits::<u64>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "id",
                                description: __mcp::None,
                                keywords: &[],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                    let __tag = (&&&&&&__mcp::Probe::<usize>::new()).__parameter();
                    __tag.__fits::<usize>();
                    __tag.__has_rules::<usize>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "lines",
                                description: __mcp::None,
                                keywords: &[("minimum", "1"), ("default", "100")],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                    let __tag = (&&&&&&__mcp::Probe::<State<Notes>>::new())
                        .__parameter();
                    __tag.__fits::<State<Notes>>();
                    __tag.__is_injected::<State<Notes>>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "notes",
                                description: __mcp::None,
                                keywords: &[],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                },
            }
        },
        |__invocation: __mcp::Invocation| __mcp::start(
            __invocation,
            |__invocation| {
                let __0 = (&&&&&&__mcp::Probe::<u64>::new())
                    .__parameter()
                    .__take(__invocation, "id")?;
                let __1 = (&&&&&&__mcp::Probe::<usize>::new())
                    .__parameter()
                    .__take(__invocation, "lines")?;
                let __2 = (&&&&&&__mcp::Probe::<State<Notes>>::new())
                    .__parameter()
                    .__take(__invocation, "notes")?;
                let __returned = (&&__mcp::Probe::<
                    Result<Option<String>, ToolError>,
                >::new())
                    .__returned();
                let __value = (&&&&&__returned.__value()).__contents();
                let __error = (&&&__returned.__error()).__failure();
                __value.__fits::<Result<Option<String>, ToolError>>();
                __error.__fits::<Result<Option<String>, ToolError>>();
                __mcp::Ok(
                    __mcp::running(async move {
                        __returned.__finish(note(__0, __1, __2).await, __value, __error)
                    }),
                )
            },
        ),
    );
    __mcp::inventory::submit!(__OFFERED);
};
