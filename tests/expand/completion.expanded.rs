async fn ids(typed: String, folder: Option<String>, notes: State<Notes>) -> Vec<String> {
    notes.ids(folder.as_deref(), &typed).await
}
#[allow(deprecated)]
const _: () = {
    use ::mcp_server::__private as __mcp;
    use __mcp::traits::*;
    const __OFFERED: __mcp::Registered = __mcp::Registered::Completion(
        &const {
            __mcp::CompletionDescriptor {
                of: __mcp::Completed::Resource("notes://{folder}/{id}"),
                argument: "id",
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
                                name: "typed",
                                description: __mcp::None,
                                keywords: &[],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                    let __tag = (&&&&&&__mcp::Probe::<Option<String>>::new())
                        .__parameter();
                    __tag.__fits::<Option<String>>();
                    __tag
                        .__declare(
                            __input,
                            __mcp::ArgumentRules {
                                name: "folder",
                                description: __mcp::None,
                                keywords: &[],
                                secret: false,
                                complete: __mcp::None,
                            },
                        );
                    let __tag = (&&&&&&__mcp::Probe::<State<Notes>>::new())
                        .__parameter();
                    __tag.__fits::<State<Notes>>();
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
                let __0 = (&&&&&&__mcp::Probe::<String>::new())
                    .__parameter()
                    .__take(__invocation, "typed")?;
                let __1 = (&&&&&&__mcp::Probe::<Option<String>>::new())
                    .__parameter()
                    .__take(__invocation, "folder")?;
                let __2 = (&&&&&&__mcp::Probe::<State<Notes>>::new())
                    .__parameter()
                    .__take(__invocation, "notes")?;
                let __returned = (&&__mcp::Probe::<Vec<String>>::new()).__returned();
                let __value = (&&&&&__returned.__value()).__suggestions();
                let __error = (&&&__returned.__error()).__failure();
                __value.__fits::<Vec<String>>();
                __error.__fits::<Vec<String>>();
                __mcp::Ok(
                    __mcp::running(async move {
                        __returned.__finish(ids(__0, __1, __2).await, __value, __error)
                    }),
                )
            },
        ),
    );
    __mcp::inventory::submit!(__OFFERED);
};
