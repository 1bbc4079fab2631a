//! Requests that go wrong, and the code of the error that each gets.

use http::Method;
use mcp_tests::{
    client::Client,
    wire::{Draft, MODERN},
};
use serde_json::{Value, json};

const VERSION: &str = "mcp-protocol-version";

/// Sends every wrong request, and expects its error.
pub(crate) async fn get(client: &Client) {
    let of_era = if client.revision() == MODERN { modern(client) } else { legacy(client) };
    for (what, request, code) in always(client).into_iter().chain(of_era) {
        let said = client.send(&request).await;
        assert_eq!(said.code(), Some(code), "{}: {what}: {}", client.revision(), said.response);
        let read = !matches!(code, -32700 | -32600);
        assert!(!read || said.response["id"] == 1, "{}: {what}: {}", client.revision(), said.response);
    }
}

type Wrong = (&'static str, Draft, i64);

/// What is wrong in every revision.
fn always(client: &Client) -> Vec<Wrong> {
    let call = |params: Value| client.request("tools/call", params);
    let list = || client.request("tools/list", json!({}));
    vec![
        ("no JSON", list().text("{"), -32700),
        ("no message", list().text("7"), -32600),
        ("another JSON-RPC", list().body(|body| body["jsonrpc"] = "1.0".into()), -32600),
        ("an id that is null", list().body(|body| body["id"] = Value::Null), -32600),
        ("no POST", list().method(Method::GET), -32600),
        ("an unacceptable answer", list().without("accept"), -32600),
        ("an unknown method", client.request("no/such", json!({})), -32601),
        ("an unknown cursor", client.request("tools/list", json!({ "cursor": "x" })), -32602),
        ("an unknown tool", call(json!({ "name": "no_such" })), -32602),
        ("arguments that are a list", call(json!({ "name": "full", "arguments": [] })), -32602),
        ("a tool that panics", call(json!({ "name": "panic" })), -32603),
        ("a missing capability", call(json!({ "name": "need_sampling" })), -32021),
    ]
}

/// What is wrong where requests say everything themselves.
fn modern(client: &Client) -> Vec<Wrong> {
    let list = || client.request("tools/list", json!({}));
    let without_meta = list().body(|body| body["params"]["_meta"] = json!({}));
    let older = list().meta("protocolVersion", json!("1999-01-01")).header(VERSION, "1999-01-01");
    let response = list().body(|body| *body = json!({ "jsonrpc": "2.0", "id": 1, "result": {} }));
    vec![
        ("no `_meta`", without_meta, -32602),
        ("another method in the header", list().header("mcp-method", "tools/call"), -32020),
        ("another revision in the header", list().header(VERSION, "2025-11-25"), -32020),
        ("an unknown revision", older, -32022),
        ("a response", response, -32600),
    ]
}

/// What is wrong in a session.
fn legacy(client: &Client) -> Vec<Wrong> {
    let ping = || client.request("ping", json!({}));
    vec![
        ("an unknown level", client.request("logging/setLevel", json!({ "level": "loud" })), -32602),
        ("an unknown session", ping().header("mcp-session-id", "x"), -32600),
        ("no session", ping().without("mcp-session-id"), -32600),
        ("a revision without sessions", ping().header(VERSION, "2024-11-05"), -32600),
    ]
}
