//! Clients that know tasks, and clients that don't.

use mcp_server::Server;
use mcp_tests::{
    asked::{Asked, Setting, everything, gives},
    running::Running,
    wire::{Draft, LEGACY},
};
use serde_json::{Value, json};

use crate::{
    client::{Client, capabilities},
    functions,
};

const METHODS: [&str; 3] = ["tasks/get", "tasks/update", "tasks/cancel"];

fn server() -> (Server, Running) {
    let running = Running::default();
    (functions::server(&running).build().unwrap(), running)
}

fn undeclared() -> Value {
    json!({ "requiredCapabilities": { "extensions": { "io.modelcontextprotocol/tasks": {} } } })
}

#[tokio::test]
async fn whoever_does_not_declare_tasks_is_told_so() {
    let (server, _) = server();
    let client = Client::new(&server);
    let id = client.create("holds", json!({})).await;
    for declared in [json!({}), everything(), json!({ "extensions": { "io.modelcontextprotocol/ui": {} } })] {
        for id in [&*id, "x"] {
            let params = json!({ "taskId": id, "inputResponses": {} });
            let listen = json!({ "notifications": { "taskIds": [id] } });
            let methods = METHODS.map(|method| (method, &params));
            for (method, params) in methods.into_iter().chain([("subscriptions/listen", &listen)]) {
                let draft =
                    Draft::modern(method, params.clone()).meta("clientCapabilities", declared.clone());
                let error = client.send(&draft).await["error"].clone();
                assert_eq!((&error["code"], &error["data"]), (&json!(-32021), &undeclared()), "{method}");
            }
        }
    }
    assert_eq!(client.get(&id).await["status"], json!("working"), "nothing has come of it");
}

#[tokio::test]
async fn sessions_know_no_tasks() {
    let (server, _) = server();
    let router = server.router();
    let initialize = Draft::initialize(LEGACY).body(|body| body["params"]["capabilities"] = capabilities());
    let session = initialize.send(&router).await.header("mcp-session-id").to_owned();
    for method in METHODS {
        let params = json!({ "taskId": "x", "inputResponses": {} });
        assert_eq!(Draft::legacy(&session, method, params).send(&router).await.code(), -32601, "{method}");
    }
}

/// Nothing that could be one, nothing that is said of them.
#[tokio::test]
async fn a_server_without_tasks_knows_none() {
    for (names, is_offered) in [(["plain"], false), (["holds"], true), (["must"], true)] {
        let client = Client::new(&functions::server(&Running::default()).only(names).build().unwrap());
        let offered = client.ask("server/discover", json!({})).await;
        let extensions = &offered["result"]["capabilities"]["extensions"];
        assert_eq!(extensions["io.modelcontextprotocol/tasks"] == json!({}), is_offered, "{offered}");
        for method in METHODS {
            let response = client.ask(method, json!({ "taskId": "x", "inputResponses": {} })).await;
            let code = if is_offered { -32602 } else { -32601 };
            assert_eq!(response["error"]["code"], json!(code), "{method}");
        }
    }
}

#[tokio::test]
async fn a_call_that_may_be_a_task_is_answered_in_place_where_nobody_knows_tasks() {
    let (server, running) = server();
    for setting in Setting::ALL.into_iter().filter(|setting| *setting != Setting::Task) {
        let mut client = Asked::connect(&server, setting).await;
        running.finish();
        let told = client.call("holds", json!({}), &mut |question| panic!("{question:?}")).await;
        assert_eq!(told.text(), "finished", "{setting:?}");
        let told = client.call("number", json!({}), &mut |_| gives(7)).await;
        assert_eq!((told.text(), told.questions.len()), ("7", 1), "{setting:?}");
        running.finish();
        let told = client.call("books", json!({}), &mut |_| gives(2)).await;
        assert_eq!((told.text(), told.questions.len()), ("a table for 2", 1), "{setting:?}");
    }
}

/// A session's client may say what it likes: its revision has no such thing.
#[tokio::test]
async fn a_session_that_declares_tasks_is_answered_in_place_too() {
    let (server, running) = server();
    let mut client = Asked::connect_with(&server, Setting::Session, capabilities()).await;
    running.finish();
    let told = client.call("holds", json!({}), &mut |question| panic!("{question:?}")).await;
    assert_eq!(told.text(), "finished");
}

#[tokio::test]
async fn a_call_that_must_be_a_task_needs_a_client_that_knows_them() {
    let (server, running) = server();
    for setting in Setting::ALL.into_iter().filter(|setting| *setting != Setting::Task) {
        let mut client = Asked::connect(&server, setting).await;
        let told = client.call("must", json!({}), &mut |question| panic!("{question:?}")).await;
        if setting.is_session() {
            let text = told.tool_error();
            assert!(text.contains("runs as a task") && text.contains("2026-07-28"), "{setting:?}: {text}");
        } else {
            let error = told.error();
            assert_eq!((&error["code"], &error["data"]), (&json!(-32021), &undeclared()), "{setting:?}");
        }
    }
    assert_eq!(running.begun(), 0, "the function has not begun");
}

#[tokio::test]
async fn the_name_of_a_request_about_a_task_is_the_tasks_id() {
    let (server, _) = server();
    let client = Client::new(&server);
    let (id, other) = (client.create("holds", json!({})).await, client.create("holds", json!({})).await);
    for method in METHODS {
        let right = Client::request(method, json!({ "taskId": id, "inputResponses": {} }));
        for wrong in [
            right.clone().without("mcp-name"),
            right.clone().header("mcp-name", &other),
            right.clone().header("mcp-name", ""),
            right.clone().and_header("mcp-name", &id),
            right.clone().body(|body| body["params"]["taskId"] = json!(other)),
            right.clone().body(|body| _ = body["params"].as_object_mut().unwrap().remove("taskId")),
        ] {
            let reply = wrong.send(client.router()).await;
            assert_eq!((reply.status, reply.code()), (400, -32020), "{method}: {:?}", wrong.headers);
        }
        assert_eq!(client.get(&id).await["status"], json!("working"), "nothing has come of it");
        assert_eq!(right.send(client.router()).await.status, 200, "{method}");
    }
    assert_eq!(client.get(&id).await["status"], json!("cancelled"), "what was right has");
    assert_eq!(client.get(&other).await["status"], json!("working"));
}
