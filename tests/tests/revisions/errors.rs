//! Requests that go wrong, and the code of the error that each gets.

use http::Method;
use mcp_tests::{
    client::Client,
    wire::{Draft, MODERN},
};
use serde_json::{Map, Value, json};

const VERSION: &str = "mcp-protocol-version";

/// Sends every wrong request, and expects its error. Gives the errors, by what was wrong.
pub(crate) async fn get(client: &Client) -> Value {
    let of_era = match client.revision() {
        MODERN => modern(client),
        "2024-11-05" => on_a_line(client),
        _ => in_a_session(client),
    };
    let mut seen = Map::new();
    for (what, request, code) in always(client).into_iter().chain(lists(client)).chain(of_era) {
        let said = client.send(&request).await;
        assert_eq!(said.code(), Some(code), "{}: {what}: {}", client.revision(), said.response);
        let read = !matches!(code, -32700 | -32600);
        assert!(!read || said.response["id"] == 1, "{}: {what}: {}", client.revision(), said.response);
        seen.insert(what.to_owned(), said.response["error"].clone());
    }
    seen.into()
}

type Wrong = (&'static str, Draft, i64);

/// What is wrong in every revision.
fn always(client: &Client) -> Vec<Wrong> {
    let list = || client.request("tools/list", json!({}));
    let call = |params: Value| client.request("tools/call", params);
    let get = |params: Value| client.request("prompts/get", params);
    let read = |uri: &str| client.request("resources/read", json!({ "uri": uri }));
    let not_found = if client.revision() == MODERN { -32602 } else { -32002 };
    vec![
        ("no JSON", list().text("{"), -32700),
        ("no message", list().text("7"), -32600),
        ("another JSON-RPC", list().body(|body| body["jsonrpc"] = "1.0".into()), -32600),
        ("an id that is null", list().body(|body| body["id"] = Value::Null), -32600),
        ("another HTTP method", list().method(Method::PUT), -32600),
        ("another media type", list().header("content-type", "text/plain"), -32600),
        ("a batch of nothing", list().body(|body| *body = json!([])), -32600),
        ("an unknown method", client.request("no/such", json!({})), -32601),
        ("an unknown tool", call(json!({ "name": "no_such" })), -32602),
        ("arguments that are a list", call(json!({ "name": "full", "arguments": [] })), -32602),
        ("a tool that panics", call(json!({ "name": "panic" })), -32603),
        ("a missing capability", call(json!({ "name": "need_sampling" })), -32021),
        ("an unknown resource", read("a://nowhere"), not_found),
        ("a resource that is gone", read("a://gone"), not_found),
        ("an unknown prompt", get(json!({ "name": "no_such" })), -32602),
        ("a missing argument of a prompt", get(json!({ "name": "full" })), -32602),
    ]
}

/// What is wrong with requests for more of a list, or about what is in one.
fn lists(client: &Client) -> Vec<Wrong> {
    let page = |method: &str| client.request(method, json!({ "cursor": "x" }));
    let complete = |reference: Value, argument: &str| {
        let argument = json!({ "name": argument, "value": "" });
        client.request("completion/complete", json!({ "ref": reference, "argument": argument }))
    };
    let prompt = |name: &str| json!({ "type": "ref/prompt", "name": name });
    vec![
        ("an unknown cursor of tools", page("tools/list"), -32602),
        ("an unknown cursor of resources", page("resources/list"), -32602),
        ("an unknown cursor of templates", page("resources/templates/list"), -32602),
        ("an unknown cursor of prompts", page("prompts/list"), -32602),
        ("a completion for an unknown prompt", complete(prompt("no_such"), "text"), -32602),
        ("a completion for an unknown argument", complete(prompt("full"), "no_such"), -32602),
    ]
}

/// What is wrong where requests say everything themselves.
fn modern(client: &Client) -> Vec<Wrong> {
    let list = || client.request("tools/list", json!({}));
    let without_meta = list().body(|body| body["params"]["_meta"] = json!({}));
    let older = list().meta("protocolVersion", json!("1999-01-01")).header(VERSION, "1999-01-01");
    let response = list().body(|body| *body = json!({ "jsonrpc": "2.0", "id": 1, "result": {} }));
    let listen = client.request("subscriptions/listen", json!({ "notifications": [] }));
    let task = || client.request("tasks/get", json!({ "taskId": "1" }));
    let undeclared = |request: Draft| request.meta("clientCapabilities", json!({}));
    let call = |tool: &str| client.request("tools/call", json!({ "name": tool }));
    let again = |member: &str, value: Value| call("ask_form").body(|body| body["params"][member] = value);
    let skill = |method: &str, uri: &str| client.request(method, json!({ "uri": uri }));
    vec![
        ("a batch", batch(&list()), -32600),
        ("an unacceptable answer", list().without("accept"), -32600),
        ("a GET", list().method(Method::GET), -32600),
        ("no `_meta`", without_meta, -32602),
        ("another method in the header", list().header("mcp-method", "tools/call"), -32020),
        ("another revision in the header", list().header(VERSION, "2025-11-25"), -32020),
        ("an unknown revision", older, -32022),
        ("a response", response, -32600),
        ("a list of what to listen to", listen, -32602),
        ("an undeclared capability for what is asked", undeclared(call("ask_form")), -32021),
        ("answers in a list", again("inputResponses", json!([])), -32602),
        ("a state that is made up", again("requestState", json!("x")), -32602),
        ("an unknown task", task(), -32602),
        ("another task in the header", task().header("mcp-name", "2"), -32020),
        ("a task for who does not declare tasks", undeclared(task()), -32021),
        ("a tool that must be a task, the same", undeclared(call("only_a_task")), -32021),
        ("an unknown skill", skill("skills/get", "skill://no-such/SKILL.md"), -32602),
        ("a file as a folder", skill("resources/directory/read", "skill://plain-words/SKILL.md"), -32602),
    ]
}

/// What is wrong in every session, however its messages travel.
fn legacy(client: &Client) -> Vec<Wrong> {
    let subscribe = client.request("resources/subscribe", json!({ "uri": "a://nowhere" }));
    let again = client.request("initialize", super::seen::parameters("initialize"));
    let mut wrong = vec![
        ("an unknown level", client.request("logging/setLevel", json!({ "level": "loud" })), -32602),
        ("a subscription to an unknown resource", subscribe, -32002),
        ("a second `initialize`", again, -32600),
    ];
    if client.revision() != "2025-03-26" {
        wrong.push(("a batch", batch(&client.request("ping", json!({}))), -32600));
    }
    wrong
}

/// What is wrong where a header names the session.
fn in_a_session(client: &Client) -> Vec<Wrong> {
    let ping = || client.request("ping", json!({}));
    let mut wrong = legacy(client);
    wrong.extend([
        ("an unacceptable answer", ping().without("accept"), -32600),
        ("an unknown session", ping().header("mcp-session-id", "x"), -32600),
        ("no session", ping().without("mcp-session-id"), -32600),
        ("an unknown revision", ping().header(VERSION, "1999-01-01"), -32600),
    ]);
    wrong
}

/// What is wrong where the stream is the session.
fn on_a_line(client: &Client) -> Vec<Wrong> {
    let to = |target: &str| Draft { target: target.to_owned(), ..client.request("ping", json!({})) };
    let mut wrong = legacy(client);
    wrong.extend([
        ("an unknown session", to("/messages?sessionId=x"), -32600),
        ("no session", to("/messages"), -32600),
        ("a GET", client.request("ping", json!({})).method(Method::GET), -32600),
        (
            "a modern request",
            client.request("ping", json!({})).meta("protocolVersion", json!(MODERN)),
            -32600,
        ),
    ]);
    wrong
}

/// The same request, as the only one of an array.
fn batch(request: &Draft) -> Draft {
    request.clone().body(|body| *body = json!([body.clone()]))
}
