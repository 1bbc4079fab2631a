/// Review some code.
fn review(code: String, language: Option<String>) -> Vec<PromptMessage> {
    messages(&code, language.as_deref())
}
#[allow(deprecated)]
const _: () = {
    use ::mcp_server::__private as __mcp;
    use __mcp::traits::*;
    const __OFFERED: __mcp::Registered = __mcp::Registered::Prompt(
        &const {
            __mcp::PromptDescriptor {
                card: __mcp::CardDescriptor {
                    name: "review",
                    title: __mcp::None,
                    description: "Review some code.",
                    icon: __mcp::None,
                    meta: __mcp::None,
                },
                rules: __mcp::Rules {
                    scopes: &[],
                    public: false,
                    authenticated: true,
                    start: false,
                    approval: __mcp::None,
                    timeout: __mcp::Some(__mcp::Duration::from_millis(10000u64)),
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
                                name: "code",
                                description: __mcp::Some("The code"),
                                keywords: &[],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                    let __tag = (&&&&&&__mcp::Probe::<Option<String>>::new())
                        .__parameter();
                    __tag.__fits::<Option<String>>();
                    __tag.__has_rules::<Option<String>>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "language",
                                description: __mcp::Some("Its language"),
                                keywords: &[],
                                secret: false,
                                complete: __mcp::Some(|__typed: __mcp::Completing| __mcp::Complete::complete(
                                    languages::known,
                                    __typed,
                                )),
                            },
                        );
                },
            }
        },
        |__invocation: __mcp::Invocation| __mcp::start(
            __invocation,
            |__invocation| {
                let __0 = (&&&&&&__mcp::Probe::<String>::new())
                    .__parameter()
                    .__take(__invocation, "code")?;
                let __1 = (&&&&&&__mcp::Probe::<Option<String>>::new())
                    .__parameter()
                    .__take(__invocation, "language")?;
                let __returned = (&&__mcp::Probe::<Vec<PromptMessage>>::new())
                    .__returned();
                let __value = (&&&&&__returned.__value()).__messages();
                let __error = (&&&__returned.__error()).__failure();
                __value.__fits::<Vec<PromptMessage>>();
                __error.__fits::<Vec<PromptMessage>>();
                __mcp::Ok(
                    __mcp::Handled::Ready(
                        __returned.__finish(review(__0, __1), __value, __error),
                    ),
                )
            },
        ),
    );
    __mcp::inventory::submit!(__OFFERED);
};
