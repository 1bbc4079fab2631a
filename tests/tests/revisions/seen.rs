//! What a client of one revision sees of the server, as one JSON value that the table's rows point into.

use std::collections::BTreeSet;

use axum::Router;
use mcp_tests::{
    client::Client,
    specification::{REVISIONS, Specification},
};
use serde_json::{Map, Value, json};

/// Methods that the server does not have yet, in any revision. One that it has must not be here.
const NO_METHODS_YET: [&str; 13] = [
    "completion/complete",
    "prompts/get",
    "prompts/list",
    "resources/list",
    "resources/read",
    "resources/subscribe",
    "resources/templates/list",
    "resources/unsubscribe",
    "subscriptions/listen",
    "tasks/cancel",
    "tasks/get",
    "tasks/list",
    "tasks/result",
];

/// Notifications that the server does not send yet, in any revision. One that it sends must not be here.
const NO_NOTIFICATIONS_YET: [&str; 8] = [
    "notifications/cancelled",
    "notifications/elicitation/complete",
    "notifications/prompts/list_changed",
    "notifications/resources/list_changed",
    "notifications/resources/updated",
    "notifications/subscriptions/acknowledged",
    "notifications/tasks/status",
    "notifications/tools/list_changed",
];

/// The tools that are called for what they give.
const CALLED: [&str; 9] =
    ["annotated_content", "anything", "content", "fail", "fail_masked", "full", "list", "noted", "number"];

/// Everything that a client of this revision sees.
pub(crate) async fn by(revision: &'static str, router: &Router) -> Value {
    let (client, greeting) = Client::connect(router, revision, json!({})).await;
    let greeting = greeting["result"].clone();
    let mut seen = json!({ "greeting": greeting, "server": server(&greeting) });
    seen["methods"] = methods(&client).await;
    let (pages, tools) = client.list("tools/list", "tools").await;
    seen["listing"] = pages[0].clone();
    seen["tools"] = by_name(tools);
    for tool in CALLED {
        seen["calls"][tool] = client.call(tool).await.result();
    }
    for message in client.call("talk").await.before {
        seen["notifications"][message["method"].as_str().expect("a method")] = message["params"].clone();
    }
    assert_complete(&client);
    seen
}

/// Every method of every revision.
pub(crate) fn all_methods() -> BTreeSet<&'static str> {
    REVISIONS.iter().flat_map(|revision| Specification::of(revision).client_methods()).collect()
}

/// The server's identity: a greeting's own member, or what each result says of it.
fn server(greeting: &Value) -> Value {
    let said = greeting.get("serverInfo");
    said.unwrap_or_else(|| &greeting["_meta"]["io.modelcontextprotocol/serverInfo"]).clone()
}

/// Which methods are answered: those that the revision and the server have.
async fn methods(client: &Client) -> Value {
    let known = client.specification().client_methods();
    let mut seen = Map::new();
    for method in all_methods() {
        let said = client.ask(method, parameters(method)).await;
        // Within a session there is no other; that it was opened is an answer.
        let opened = method == "initialize" && said.code() == Some(-32600);
        let answered = opened || said.code().is_none();
        let expected = known.contains(method) && !NO_METHODS_YET.contains(&method);
        assert_eq!(answered, expected, "{}: {method}: {}", client.revision(), said.response);
        assert!(answered || said.code() == Some(-32601), "{method}: {}", said.response);
        seen.insert(method.to_owned(), answered.into());
    }
    seen.into()
}

/// What a request of a method must say, in every revision that has it.
fn parameters(method: &str) -> Value {
    match method {
        "completion/complete" => json!({
            "ref": { "type": "ref/prompt", "name": "full" },
            "argument": { "name": "text", "value": "x" },
        }),
        "initialize" => json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        }),
        "logging/setLevel" => json!({ "level": "debug" }),
        "prompts/get" => json!({ "name": "full" }),
        "resources/read" | "resources/subscribe" | "resources/unsubscribe" => json!({ "uri": "a://text" }),
        "subscriptions/listen" => json!({ "notifications": {} }),
        "tasks/cancel" | "tasks/get" | "tasks/result" => json!({ "taskId": "1" }),
        "tools/call" => json!({ "name": "number", "arguments": {} }),
        _ => json!({}),
    }
}

/// The entries of a listing, by their names.
fn by_name(entries: Vec<Value>) -> Value {
    let named = entries.into_iter().map(|entry| (entry["name"].as_str().expect("a name").to_owned(), entry));
    Value::Object(named.collect())
}

/// What the revision knows has been sent: every kind of content, and every notification that there is.
fn assert_complete(client: &Client) {
    let received = client.received();
    let blocks = received.iter().filter_map(|message| message["result"]["content"].as_array()).flatten();
    let sent: BTreeSet<&str> = blocks.filter_map(|block| block["type"].as_str()).collect();
    assert_eq!(sent, client.specification().content_types(), "{}: kinds of content", client.revision());
    let sent: BTreeSet<&str> = received.iter().filter_map(|message| message["method"].as_str()).collect();
    let mut known = client.specification().server_notifications();
    known.retain(|method| !NO_NOTIFICATIONS_YET.contains(method));
    assert_eq!(sent, known, "{}: notifications", client.revision());
}
