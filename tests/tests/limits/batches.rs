//! An array of messages over HTTP: each call counts, and 429 says that nothing of it ran.

use mcp_tests::wire::{Draft, open_session};
use serde_json::{Value, json};

use super::server::Limited;

const REVISION: &str = "2025-03-26";

fn calls(count: usize, tool: &str) -> Value {
    let call = |id| json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": { "name": tool, "arguments": {} } });
    (0..count).map(call).collect()
}

#[tokio::test]
async fn rl_1_each_call_of_an_array_counts() {
    let limited = Limited::new();
    let session = open_session(&limited.router, REVISION).await;
    let batch = |items: Value| Draft::legacy(&session, "", json!({})).of(REVISION).body(|body| *body = items);
    let reply = batch(calls(5, "twice")).send(&limited.router).await;
    assert_eq!(reply.status, 200, "some of it ran");
    let messages = match reply.header("content-type") {
        "application/json" => reply.json().as_array().expect("an array").clone(),
        _ => reply.events(),
    };
    let refused = messages.iter().filter(|message| message["error"]["code"] == json!(-32023)).count();
    assert_eq!((messages.len(), refused), (5, 3), "{messages:?}");

    let reply = batch(calls(5, "twice")).send(&limited.router).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, "30"), "none of it ran: {reply:?}");
    assert!(reply.json().as_array().is_some_and(|errors| errors.len() == 5));
    assert_eq!(batch(calls(1, "free")).send(&limited.router).await.status, 200);
}
