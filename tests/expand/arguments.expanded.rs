/// Find books.
///
/// By what is known of them.
fn find(
    word: String,
    limit: u8,
    weight: f64,
    r#in: Vec<String>,
    region: Option<String>,
    key: Option<String>,
) -> &'static str {
    "none"
}
#[allow(deprecated)]
const _: () = {
    use ::mcp_server::__private as __mcp;
    use __mcp::traits::*;
    const __OFFERED: __mcp::Registered = __mcp::Registered::Tool(
        &const {
            __mcp::ToolDescriptor {
                card: __mcp::CardDescriptor {
                    name: "books.find",
                    title: __mcp::Some("Find books"),
                    description: "Find books.\n\nBy what is known of them.",
                    icon: __mcp::Some("https://example.com/b.png"),
                    meta: __mcp::Some("{\"a\": 1}"),
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
                    let __tag = (&&&&&&__mcp::Probe::<String>::new()).__parameter();
                    __tag.__fits::<String>();
                    __tag.__has_rules::<String>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "word",
                                description: __mcp::Some(
                                    "A word of the title,\nor a part of one",
                                ),
                                keywords: &[
                                    ("minLength", "2"),
                                    ("maxLength", "80"),
                                    ("pattern", "\"^\\\\w+$\""),
                                    ("examples", "[\"\\\"whale\\\"\"]"),
                                ],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                    let __tag = (&&&&&&__mcp::Probe::<u8>::new()).__parameter();
                    __tag.__fits::<u8>();
                    __tag.__has_rules::<u8>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "limit",
                                description: __mcp::None,
                                keywords: &[
                                    ("minimum", "1"),
                                    ("maximum", "100"),
                                    ("default", "10"),
                                ],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                    let __tag = (&&&&&&__mcp::Probe::<f64>::new()).__parameter();
                    __tag.__fits::<f64>();
                    __tag.__has_rules::<f64>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "weight",
                                description: __mcp::None,
                                keywords: &[
                                    ("minimum", "-0.5"),
                                    ("maximum", "1000.0"),
                                    ("default", "1"),
                                ],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                    let __tag = (&&&&&&__mcp::Probe::<Vec<String>>::new()).__parameter();
                    __tag.__fits::<Vec<String>>();
                    __tag.__has_rules::<Vec<String>>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "languages",
                                description: __mcp::None,
                                keywords: &[("default", "[\"en\",\"de\"]")],
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
                                name: "region",
                                description: __mcp::None,
                                keywords: &[("x-mcp-header", "\"Region\"")],
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
                                name: "key",
                                description: __mcp::None,
                                keywords: &[],
                                secret: true,
                                complete: __mcp::None,
                            },
                        );
                },
                output: |__generator: &mut __mcp::SchemaGenerator| {
                    let __returned = (&&__mcp::Probe::<&'static str>::new())
                        .__returned();
                    let __value = (&&&&&__returned.__value()).__output();
                    let __error = (&&&__returned.__error()).__failure();
                    __value.__fits::<&'static str>();
                    __error.__fits::<&'static str>();
                    __value.__schema(__generator)
                },
            }
        },
        |__invocation: __mcp::Invocation| __mcp::start(
            __invocation,
            |__invocation| {
                let __0 = (&&&&&&__mcp::Probe::<String>::new())
                    .__parameter()
                    .__take(__invocation, "word")?;
                let __1 = (&&&&&&__mcp::Probe::<u8>::new())
                    .__parameter()
                    .__take(__invocation, "limit")?;
                let __2 = (&&&&&&__mcp::Probe::<f64>::new())
                    .__parameter()
                    .__take(__invocation, "weight")?;
                let __3 = (&&&&&&__mcp::Probe::<Vec<String>>::new())
                    .__parameter()
                    .__take(__invocation, "languages")?;
                let __4 = (&&&&&&__mcp::Probe::<Option<String>>::new())
                    .__parameter()
                    .__take(__invocation, "region")?;
                let __5 = (&&&&&&__mcp::Probe::<Option<String>>::new())
                    .__parameter()
                    .__take(__invocation, "key")?;
                let __returned = (&&__mcp::Probe::<&'static str>::new()).__returned();
                let __value = (&&&&&__returned.__value()).__output();
                let __error = (&&&__returned.__error()).__failure();
                __mcp::Ok(
                    __mcp::Handled::Ready(
                        __returned
                            .__finish(
                                find(__0, __1, __2, __3, __4, __5),
                                __value,
                                __error,
                            ),
                    ),
                )
            },
        ),
    );
    __mcp::inventory::submit!(__OFFERED);
};
