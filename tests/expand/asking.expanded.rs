/// Pay from an account.
async fn pay(
    amount: u32,
    account: Account,
    ctx: Ctx,
    remark: Option<String>,
    really: bool,
) -> String {
    format!("{amount} from {account:?}")
}
#[allow(deprecated)]
const _: () = {
    use ::mcp_server::__private as __mcp;
    use __mcp::traits::*;
    const __OFFERED: __mcp::Registered = __mcp::Registered::Tool(
        &const {
            __mcp::ToolDescriptor {
                card: __mcp::CardDescriptor {
                    name: "pay",
                    title: __mcp::None,
                    description: "Pay from an account.",
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
                    task: __mcp::TaskRule::Must,
                },
                place: __mcp::Place {
                    file: ::mcp_server::__private::std::file!(),
                    line: ::mcp_server::__private::std::line!(),
                },
                input: |__input: &mut __mcp::Input| {
                    let __tag = (&&&&&&__mcp::Probe::<u32>::new()).__parameter();
                    __tag.__fits::<u32>();
                    __tag.__has_rules::<u32>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "amount",
                                description: __mcp::None,
                                keywords: &[("minimum", "1")],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                    (&&&&__mcp::Probe::<Account>::new()).__asked().__fits::<Account>();
                    __input.asked();
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
                    (&&&&__mcp::Probe::<Option<String>>::new())
                        .__asked()
                        .__fits::<Option<String>>();
                    __input.asked();
                    (&&&&__mcp::Probe::<bool>::new()).__asked().__fits::<bool>();
                    __input.asked();
                },
                output: |__generator: &mut __mcp::SchemaGenerator| {
                    let __returned = (&&__mcp::Probe::<String>::new()).__returned();
                    let __value = (&&&&&__returned.__value()).__output();
                    let __error = (&&&__returned.__error()).__failure();
                    __value.__fits::<String>();
                    __error.__fits::<String>();
                    __value.__schema(__generator)
                },
            }
        },
        |__invocation: __mcp::Invocation| __mcp::start(
            __invocation,
            |__invocation| {
                let __0 = (&&&&&&__mcp::Probe::<u32>::new())
                    .__parameter()
                    .__take(__invocation, "amount")?;
                let __2 = (&&&&&&__mcp::Probe::<Ctx>::new())
                    .__parameter()
                    .__take(__invocation, "ctx")?;
                let __returned = (&&__mcp::Probe::<String>::new()).__returned();
                let __value = (&&&&&__returned.__value()).__output();
                let __error = (&&&__returned.__error()).__failure();
                __mcp::Ok({
                    let __call = __mcp::Clone::clone(&__invocation.call);
                    __mcp::running(async move {
                        let __1 = (&&&&__mcp::Probe::<Account>::new())
                            .__asked()
                            .__ask(&__call, "Which account?", __mcp::None);
                        let __3 = (&&&&__mcp::Probe::<Option<String>>::new())
                            .__asked()
                            .__ask(&__call, "Anything to say?", __mcp::Some("remark"));
                        let __4 = (&&&&__mcp::Probe::<bool>::new())
                            .__asked()
                            .__ask(&__call, "Really?", __mcp::None);
                        let (__1, (__3, __4)) = __mcp::together(
                                __1,
                                __mcp::together(__3, __4),
                            )
                            .await?;
                        __mcp::begun(&__call).await;
                        __returned
                            .__finish(
                                pay(__0, __1, __2, __3, __4).await,
                                __value,
                                __error,
                            )
                    })
                })
            },
        ),
    );
    __mcp::inventory::submit!(__OFFERED);
};
/// A note.
fn note(id: u8, language: String) -> String {
    format!("{id} in {language}")
}
#[allow(deprecated)]
const _: () = {
    use ::mcp_server::__private as __mcp;
    use __mcp::traits::*;
    const __OFFERED: __mcp::Registered = __mcp::Registered::Resource(
        &const {
            __mcp::ResourceDescriptor {
                uri: "notes://{id}",
                card: __mcp::CardDescriptor {
                    name: "note",
                    title: __mcp::None,
                    description: "A note.",
                    icon: __mcp::None,
                    meta: __mcp::None,
                },
                mime: __mcp::None,
                size: __mcp::None,
                annotations: __mcp::None,
                cache: __mcp::Cache {
                    ttl: __mcp::Duration::from_millis(0u64),
                    scope: __mcp::CacheScope::Private,
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
                    let __tag = (&&&&&&__mcp::Probe::<u8>::new()).__parameter();
                    __tag.__fits::<u8>();
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
                    (&&&&__mcp::Probe::<String>::new()).__asked().__fits::<String>();
                    __input.asked();
                },
            }
        },
        |__invocation: __mcp::Invocation| __mcp::start(
            __invocation,
            |__invocation| {
                let __0 = (&&&&&&__mcp::Probe::<u8>::new())
                    .__parameter()
                    .__take(__invocation, "id")?;
                let __returned = (&&__mcp::Probe::<String>::new()).__returned();
                let __value = (&&&&&__returned.__value()).__contents();
                let __error = (&&&__returned.__error()).__failure();
                __value.__fits::<String>();
                __error.__fits::<String>();
                __mcp::Ok({
                    let __call = __mcp::Clone::clone(&__invocation.call);
                    __mcp::running(async move {
                        let __1 = (&&&&__mcp::Probe::<String>::new())
                            .__asked()
                            .__ask(&__call, "In which language?", __mcp::None);
                        let __1 = __1.await?;
                        __mcp::begun(&__call).await;
                        __mcp::ended(
                                __mcp::blocking(
                                    &__call,
                                    move || {
                                        __returned.__finish(note(__0, __1), __value, __error)
                                    },
                                ),
                            )
                            .await
                    })
                })
            },
        ),
    );
    __mcp::inventory::submit!(__OFFERED);
};
impl Desk {
    /// Greet somebody.
    fn greet(&self, name: String) -> String {
        format!("Greet {name}")
    }
}
#[allow(deprecated)]
const _: () = {
    use ::mcp_server::__private as __mcp;
    use __mcp::traits::*;
    impl __mcp::Provider for Desk {
        fn provide(self: __mcp::Arc<Self>, __offers: &mut __mcp::Offers<'_>) {
            let __shared = (&&&__mcp::Probe::<Desk>::new()).__object();
            __shared.__fits::<Desk>();
            {
                __shared
                    .__offer(
                        __offers,
                        &self,
                        __mcp::Method::Prompt(
                            &const {
                                __mcp::PromptDescriptor {
                                    card: __mcp::CardDescriptor {
                                        name: "greet",
                                        title: __mcp::None,
                                        description: "Greet somebody.",
                                        icon: __mcp::None,
                                        meta: __mcp::None,
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
                                        (&&&&__mcp::Probe::<String>::new())
                                            .__asked()
                                            .__fits::<String>();
                                        __input.asked();
                                    },
                                }
                            },
                            |
                                __object: &__mcp::Arc<Desk>,
                                __invocation: __mcp::Invocation|
                            __mcp::start(
                                __invocation,
                                |__invocation| {
                                    let __returned = (&&__mcp::Probe::<String>::new())
                                        .__returned();
                                    let __value = (&&&&&__returned.__value()).__messages();
                                    let __error = (&&&__returned.__error()).__failure();
                                    __value.__fits::<String>();
                                    __error.__fits::<String>();
                                    let __object = __mcp::Clone::clone(__object);
                                    __mcp::Ok({
                                        let __call = __mcp::Clone::clone(&__invocation.call);
                                        (&&&__mcp::Probe::<Desk>::new())
                                            .__object()
                                            .__running(async move {
                                                let __0 = (&&&&__mcp::Probe::<String>::new())
                                                    .__asked()
                                                    .__ask(&__call, "Whom?", __mcp::None);
                                                let __0 = __0.await?;
                                                __mcp::begun(&__call).await;
                                                __returned
                                                    .__finish(<Desk>::greet(&__object, __0), __value, __error)
                                            })
                                    })
                                },
                            ),
                        ),
                    );
            }
        }
    }
};
