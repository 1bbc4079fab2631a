//! What clients answer, and what becomes of it.

use mcp_server::Server;
use mcp_tests::{
    asked::{Asked, Question, Setting, accepts, completes, everything, gives},
    running::Running,
    wire::{Draft, Reply},
};
use serde_json::{Value, json};

use crate::functions;

fn server() -> Server {
    functions::server(&Running::default()).build().unwrap()
}

/// A call of a client that can be asked everything.
fn round(params: Value) -> Draft {
    Draft::modern("tools/call", params).meta("clientCapabilities", everything())
}

/// The question of an answer that asks one thing.
fn question(reply: &Reply) -> (String, Value) {
    let result = reply.result();
    assert_eq!(result["resultType"], json!("input_required"), "{result}");
    let requests = result["inputRequests"].as_object().expect("questions");
    assert_eq!(requests.len(), 1, "{result}");
    let (key, request) = requests.iter().next().expect("a question");
    (key.clone(), request.clone())
}

#[tokio::test]
async fn a_user_may_say_no_or_nothing() {
    let server = server();
    for setting in Setting::ALL {
        let mut client = Asked::connect(&server, setting).await;
        for (action, told) in
            [("decline", "The user declined."), ("cancel", "The question was not answered.")]
        {
            for content in [json!(null), json!({ "answer": 7 }), json!({})] {
                let answer = json!({ "action": action, "content": content });
                let heard = client.call("number", json!({}), &mut |_| answer.clone()).await;
                assert_eq!(heard.tool_error(), told, "{setting:?}");
                assert_eq!(heard.questions.len(), 1, "{setting:?}");
            }
        }
        let page = client.call("page", json!({}), &mut |_| json!({ "action": "decline" })).await;
        assert_eq!(page.text(), "the user declined", "a function may go on: {setting:?}");
    }
}

#[tokio::test]
async fn a_client_that_lacks_the_capability_is_told_which() {
    let server = server();
    let (form, page) = (json!({ "elicitation": { "form": {} } }), json!({ "elicitation": { "url": {} } }));
    let (sampling, roots) = (json!({ "sampling": {} }), json!({ "roots": {} }));
    for (tool, required, declared, named) in [
        ("number", &form, json!({}), "elicitation"),
        ("number", &form, json!({ "elicitation": { "url": {} }, "sampling": {} }), "elicitation"),
        ("sample", &sampling, json!({ "elicitation": {}, "roots": {} }), "sampling"),
        ("roots", &roots, json!({ "elicitation": {}, "sampling": {} }), "roots"),
    ] {
        for setting in Setting::ALL {
            let mut client = Asked::connect_with(&server, setting, declared.clone()).await;
            let told = client.call(tool, json!({}), &mut |question| panic!("{question:?}")).await;
            if setting.is_session() {
                let text = told.tool_error();
                assert!(text.contains(&format!("does not declare `{named}`")), "{setting:?}: {text}");
            } else {
                assert_eq!(told.error()["code"], json!(-32021), "{setting:?}: {told:?}");
                assert_eq!(&told.error()["data"]["requiredCapabilities"], required, "{setting:?}");
            }
            let told = client.call("page", json!({}), &mut |_| json!({ "action": "accept" })).await;
            if declared["elicitation"]["url"].is_object() {
                assert_eq!(told.text(), "opened");
            } else {
                assert_eq!(told.text(), format!("lacking {page}"), "a function may do without: {setting:?}");
            }
        }
    }
    let reply = Draft::call("number", json!({})).send(&server.router()).await;
    assert_eq!(reply.status, 400);
}

/// Answers that aren't, and then one that is.
#[tokio::test]
async fn an_answer_that_does_not_fit_is_asked_for_again() {
    let server = server();
    let misfits = [
        json!({ "action": "accept" }),
        json!({ "action": "accept", "content": null }),
        accepts(json!({})),
        accepts(json!({ "other": 7 })),
        gives("7"),
        gives(7.5),
        gives(-1),
        gives(256),
        gives(json!([7])),
        gives(json!({ "answer": 7 })),
        gives(Value::Null),
        accepts(json!([7])),
        json!({ "action": "Accept", "content": { "answer": 7 } }),
        json!({ "content": { "answer": 7 } }),
        json!({ "action": 1 }),
        json!({}),
        json!(null),
        json!(7),
        json!("7"),
        json!([]),
        completes("7"),
    ];
    for setting in Setting::ALL {
        let mut client = Asked::connect(&server, setting).await;
        for misfit in &misfits {
            let mut times = 0;
            let mut answers = |_: &Question| {
                times += 1;
                if times < 3 { misfit.clone() } else { gives(7) }
            };
            let told = client.call("number", json!({}), &mut answers).await;
            assert_eq!(told.text(), "7", "{setting:?}: {misfit}");
            let first = &told.questions[0];
            assert!(told.questions.iter().all(|asked| asked.params == first.params), "{told:?}");
            assert_eq!(told.questions.len(), 3, "{setting:?}: {misfit}");
        }
    }
}

#[tokio::test]
async fn a_session_is_asked_three_times() {
    let server = server();
    for setting in
        Setting::ALL.into_iter().filter(|setting| *setting == Setting::Task || setting.is_session())
    {
        let mut client = Asked::connect(&server, setting).await;
        let told = client.call("number", json!({}), &mut |_| gives("seven")).await;
        assert_eq!(told.tool_error(), "The question was not answered.", "{setting:?}");
        assert_eq!(told.questions.len(), 3, "{setting:?}");
        let keys: Vec<_> = told.questions.iter().map(|question| &question.key).collect();
        assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2], "{keys:?}");
    }
}

#[tokio::test]
async fn a_form_takes_what_it_asked_for() {
    let server = server();
    for setting in Setting::ALL {
        let mut client = Asked::connect(&server, setting).await;
        for (content, taken) in [
            (json!({ "name": "Ada" }), json!({ "name": "Ada" })),
            (json!({ "name": "Ada", "age": 36 }), json!({ "name": "Ada", "age": 36 })),
            (json!({ "name": "Ada", "age": 36, "admin": true }), json!({ "name": "Ada", "age": 36 })),
        ] {
            let told = client.call("person", json!({}), &mut |_| accepts(content.clone())).await;
            assert_eq!(serde_json::from_str::<Value>(told.text()).unwrap(), taken, "{setting:?}");
        }
        for content in [json!({ "age": 36 }), json!({ "name": "" }), json!({ "name": "Ada", "age": -1 })] {
            let mut times = 0;
            let mut answers = |_: &Question| {
                times += 1;
                accepts(if times == 1 { content.clone() } else { json!({ "name": "Ada" }) })
            };
            let told = client.call("person", json!({}), &mut answers).await;
            assert_eq!(told.questions.len(), 2, "{setting:?}: {content}");
        }
    }
}

#[tokio::test]
async fn what_is_no_object_of_answers_is_refused() {
    let router = server().router();
    for wrong in [json!(null), json!([]), json!("a"), json!(1), json!(true)] {
        let reply = round(json!({ "name": "number", "inputResponses": wrong })).send(&router).await;
        assert_eq!(reply.code(), -32602, "{wrong}");
        assert!(reply.json()["error"]["message"].as_str().unwrap().contains("`inputResponses`"), "{wrong}");
    }
}

#[tokio::test]
async fn answers_to_what_is_not_asked_are_ignored() {
    let router = server().router();
    let first = round(json!({ "name": "number" })).send(&router).await;
    let (key, request) = question(&first);
    for responses in [
        json!({}),
        json!({ "other": gives(7) }),
        json!({ format!("{key}-2"): gives(7) }),
        json!({ key.to_uppercase(): gives(7) }),
        json!({ "": gives(7), "__proto__": gives(7) }),
    ] {
        let reply =
            round(json!({ "name": "number", "inputResponses": responses.clone() })).send(&router).await;
        assert_eq!(question(&reply), (key.clone(), request.clone()), "asked still: {responses}");
    }
    let responses = json!({ "other": 12345, &key: gives(7), "more": null });
    let reply = round(json!({ "name": "number", "inputResponses": responses })).send(&router).await;
    assert_eq!(reply.text(), "7");
    let reply = round(json!({ "name": "order", "inputResponses": { &key: gives(7) } })).send(&router).await;
    assert_eq!(reply.result()["inputRequests"].as_object().unwrap().len(), 2, "of another tool");
}

#[tokio::test]
async fn what_is_missing_is_asked_again_and_what_is_there_is_not() {
    let router = server().router();
    let first = round(json!({ "name": "order" })).send(&router).await.result();
    assert_eq!(first.get("requestState"), None, "nothing is to be carried yet");
    let keys: Vec<_> = first["inputRequests"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys.len(), 2);
    let second = round(json!({ "name": "order", "inputResponses": { &keys[0]: gives("soup") } }));
    let second = second.send(&router).await;
    assert_eq!(question(&second).0, keys[1]);
    let state = second.result()["requestState"].clone();
    let third =
        json!({ "name": "order", "requestState": state, "inputResponses": { &keys[1]: gives("fish") } });
    assert_eq!(round(third.clone()).send(&router).await.text(), "soup, then fish");
    assert_eq!(round(third).send(&router).await.text(), "soup, then fish", "and again");
}

#[tokio::test]
async fn a_question_that_changed_under_its_name_is_asked_again() {
    let router = server().router();
    let reply = round(json!({ "name": "buy" })).send(&router).await;
    let (key, request) = question(&reply);
    assert_eq!((&*key, &request["params"]["message"]), ("buy", &json!("Buy it for 0?")));
    let answered = |reply: &Reply| {
        let state = reply.result()["requestState"].clone();
        round(json!({ "name": "buy", "requestState": state, "inputResponses": { "buy": gives(true) } }))
    };
    assert_eq!(answered(&reply).send(&router).await.text(), "true for 0");
    let changed = answered(&reply).send(&router).await;
    assert_eq!(question(&changed).1["params"]["message"], json!("Buy it for 1?"));
    assert_eq!(answered(&changed).send(&router).await.text(), "true for 1");
}

/// A client that sends everything it ever answered has not answered what was asked meanwhile.
#[tokio::test]
async fn an_answer_is_not_taken_for_another_question_of_its_name() {
    let server = server();
    for setting in Setting::ALL {
        let mut client = Asked::connect(&server, setting).await;
        let told = client
            .call("twice", json!({}), &mut |question| {
                gives(if question.message() == "The first?" { "a" } else { "b" })
            })
            .await;
        assert_eq!(told.text(), "a, b", "{setting:?}");
    }
    let router = server.router();
    let both = json!({ "it": gives("a"), "it-2": gives("b") });
    let first = round(json!({ "name": "twice" })).send(&router).await;
    let state = first.result()["requestState"].clone();
    let params = json!({ "name": "twice", "requestState": state, "inputResponses": both });
    let early = round(params).send(&router).await;
    assert_eq!(question(&early).0, "it-2", "nobody has asked it before");
}

#[tokio::test]
async fn resources_and_prompts_ask_too() {
    let server = server();
    for setting in Setting::ALL {
        let mut client = Asked::connect(&server, setting).await;
        let word = &mut |question: &Question| {
            assert_eq!(question.message(), "The word for 7?");
            gives("please")
        };
        let read = client.ask("resources/read", json!({ "uri": "asked://7" }), word).await;
        assert_eq!(read.result()["contents"][0]["text"], json!("7: please"), "{setting:?}");
        let params = json!({ "name": "told", "arguments": { "topic": "eels" } });
        let got = client.ask("prompts/get", params.clone(), &mut |_| gives("gently")).await;
        let text = &got.result()["messages"][0]["content"]["text"];
        assert_eq!(text, &json!("Speak of eels, gently."), "{setting:?}");
        let refused = client.ask("prompts/get", params, &mut |_| json!({ "action": "decline" })).await;
        assert_eq!(refused.error()["message"], json!("The user declined."), "{setting:?}");
        let mut poor = Asked::connect_with(&server, setting, json!({})).await;
        let refused = poor.ask("resources/read", json!({ "uri": "asked://7" }), &mut |_| panic!()).await;
        let (code, text) = (&refused.error()["code"], refused.error()["message"].as_str().unwrap());
        if setting.is_session() {
            assert!(text.contains("does not declare `elicitation`"), "{setting:?}: {text}");
        } else {
            assert_eq!(code, &json!(-32021), "{setting:?}: {refused:?}");
        }
    }
}

#[tokio::test]
async fn completions_ask_nothing() {
    let server = server();
    for setting in Setting::ALL {
        let mut client = Asked::connect(&server, setting).await;
        let params = json!({ "ref": { "type": "ref/prompt", "name": "told" },
            "argument": { "name": "topic", "value": "e" } });
        let told = client.ask("completion/complete", params, &mut |question| panic!("{question:?}")).await;
        let values = &told.result()["completion"]["values"];
        assert_eq!(
            values,
            &json!([
                "e: nobody can be asked here: completions, and calls from the command line, have no client for it"
            ]),
            "{setting:?}"
        );
    }
}
