#[cfg(unix)]
impl Files {
    const LIMIT: usize = { 10 };
    /// Opens a folder.
    fn open(path: &Path) -> Self {
        Self(path.into())
    }
    /// Read a file.
    async fn read(&self, path: String) -> Result<String, ToolError> {
        self.text(&path).await
    }
    /// Count the files.
    #[cfg(not(test))]
    fn count(&self) -> usize {
        self.all().count()
    }
    /// A file.
    fn file(&self, path: String) -> Option<Vec<u8>> {
        self.bytes(&path)
    }
}
#[cfg(unix)]
#[allow(deprecated)]
const _: () = {
    use ::mcp_server::__private as __mcp;
    use __mcp::traits::*;
    impl __mcp::Provider for Files {
        fn provide(self: __mcp::Arc<Self>, __offers: &mut __mcp::Offers<'_>) {
            let __shared = (&&&__mcp::Probe::<Files>::new()).__object();
            __shared.__fits::<Files>();
            {
                __shared
                    .__offer(
                        __offers,
                        &self,
                        __mcp::Method::Tool(
                            &const {
                                __mcp::ToolDescriptor {
                                    card: __mcp::CardDescriptor {
                                        name: "read",
                                        title: __mcp::None,
                                        description: "Read a file.",
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
                                        let __tag = (&&&&&&__mcp::Probe::<String>::new())
                                            .__parameter();
                                        __tag.__fits::<String>();
                                        __tag
                                            .__declare(
                                                __input,
                                                __mcp::ArgumentRules {
                                                    name: "path",
                                                    description: __mcp::Some("Where it is"),
                                                    keywords: &[],
                                                    secret: false,
                                                    complete: __mcp::None,
                                                },
                                            );
                                    },
                                    output: |__generator: &mut __mcp::SchemaGenerator| {
                                        let __returned = (&&__mcp::Probe::<
                                            Result<String, ToolError>,
                                        >::new())
                                            .__returned();
                                        let __value = (&&&&&__returned.__value()).__output();
                                        let __error = (&&&__returned.__error()).__failure();
                                        __value.__fits::<Result<String, ToolError>>();
                                        __error.__fits::<Result<String, ToolError>>();
                                        __value.__schema(__generator)
                                    },
                                }
                            },
                            |
                                __object: &__mcp::Arc<Files>,
                                __invocation: __mcp::Invocation|
                            __mcp::start(
                                __invocation,
                                |__invocation| {
                                    let __0 = (&&&&&&__mcp::Probe::<String>::new())
                                        .__parameter()
                                        .__take(__invocation, "path")?;
                                    let __returned = (&&__mcp::Probe::<
                                        Result<String, ToolError>,
                                    >::new())
                                        .__returned();
                                    let __value = (&&&&&__returned.__value()).__output();
                                    let __error = (&&&__returned.__error()).__failure();
                                    let __object = __mcp::Clone::clone(__object);
                                    __mcp::Ok(
                                        (&&&__mcp::Probe::<Files>::new())
                                            .__object()
                                            .__running(async move {
                                                __returned
                                                    .__finish(
                                                        <Files>::read(&__object, __0).await,
                                                        __value,
                                                        __error,
                                                    )
                                            }),
                                    )
                                },
                            ),
                        ),
                    );
            }
            #[cfg(not(test))]
            {
                __shared
                    .__offer(
                        __offers,
                        &self,
                        __mcp::Method::Tool(
                            &const {
                                __mcp::ToolDescriptor {
                                    card: __mcp::CardDescriptor {
                                        name: "count",
                                        title: __mcp::None,
                                        description: "Count the files.",
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
                                    input: |__input: &mut __mcp::Input| {},
                                    output: |__generator: &mut __mcp::SchemaGenerator| {
                                        let __returned = (&&__mcp::Probe::<usize>::new())
                                            .__returned();
                                        let __value = (&&&&&__returned.__value()).__output();
                                        let __error = (&&&__returned.__error()).__failure();
                                        __value.__fits::<usize>();
                                        __error.__fits::<usize>();
                                        __value.__schema(__generator)
                                    },
                                }
                            },
                            |
                                __object: &__mcp::Arc<Files>,
                                __invocation: __mcp::Invocation|
                            __mcp::start(
                                __invocation,
                                |__invocation| {
                                    let __returned = (&&__mcp::Probe::<usize>::new())
                                        .__returned();
                                    let __value = (&&&&&__returned.__value()).__output();
                                    let __error = (&&&__returned.__error()).__failure();
                                    let __object = __mcp::Clone::clone(__object);
                                    __mcp::Ok(
                                        (&&&__mcp::Probe::<Files>::new())
                                            .__object()
                                            .__blocking(
                                                &__invocation.call,
                                                move || {
                                                    __returned
                                                        .__finish(<Files>::count(&__object), __value, __error)
                                                },
                                            ),
                                    )
                                },
                            ),
                        ),
                    );
            }
            {
                __shared
                    .__offer(
                        __offers,
                        &self,
                        __mcp::Method::Resource(
                            &const {
                                __mcp::ResourceDescriptor {
                                    uri: "files://{+path}",
                                    card: __mcp::CardDescriptor {
                                        name: "file",
                                        title: __mcp::None,
                                        description: "A file.",
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
                                        let __tag = (&&&&&&__mcp::Probe::<String>::new())
                                            .__parameter();
                                        __tag.__fits::<String>();
                                        __tag.__has_rules::<String>();
                                        __tag
                                            .__declare(
                                                __input,
                                                __mcp::ArgumentRules {
                                                    name: "path",
                                                    description: __mcp::None,
                                                    keywords: &[],
                                                    secret: false,
                                                    complete: __mcp::Some(|__typed: __mcp::Completing| __mcp::Complete::complete(
                                                        Self::paths,
                                                        __typed,
                                                    )),
                                                },
                                            );
                                    },
                                }
                            },
                            |
                                __object: &__mcp::Arc<Files>,
                                __invocation: __mcp::Invocation|
                            __mcp::start(
                                __invocation,
                                |__invocation| {
                                    let __0 = (&&&&&&__mcp::Probe::<String>::new())
                                        .__parameter()
                                        .__take(__invocation, "path")?;
                                    let __returned = (&&__mcp::Probe::<Option<Vec<u8>>>::new())
                                        .__returned();
                                    let __value = (&&&&&__returned.__value()).__contents();
                                    let __error = (&&&__returned.__error()).__failure();
                                    __value.__fits::<Option<Vec<u8>>>();
                                    __error.__fits::<Option<Vec<u8>>>();
                                    __mcp::Ok(
                                        __mcp::Handled::Ready(
                                            __returned
                                                .__finish(<Files>::file(&__object, __0), __value, __error),
                                        ),
                                    )
                                },
                            ),
                        ),
                    );
            }
        }
    }
};
