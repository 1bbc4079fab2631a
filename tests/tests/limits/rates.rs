//! A rate holds in every way in which a call comes, and over HTTP its refusal is 429.

use std::time::Duration;

use mcp_tests::{
    client::Client,
    lines::Lines,
    wire::{Draft, LEGACY, MODERN, Reply, open_session},
};
use serde_json::{Value, json};

use super::server::{Limited, says};

const REVISIONS: [&str; 5] = ["2024-11-05", "2025-03-26", "2025-06-18", LEGACY, MODERN];

/// The methods that are limited, with parameters.
fn limited() -> [(&'static str, Value); 3] {
    [
        ("tools/call", json!({ "name": "twice", "arguments": {} })),
        ("resources/read", json!({ "uri": "limits://twice" })),
        ("prompts/get", json!({ "name": "twice" })),
    ]
}

/// A refusal by a limit, with the number of seconds to wait.
#[track_caller]
pub(super) fn refused(reply: &Reply) -> u64 {
    assert_eq!(reply.status, 429, "{reply:?}");
    let seconds: u64 = reply.header("retry-after").parse().expect("whole seconds");
    assert!(seconds >= 1, "{reply:?}");
    assert_eq!(reply.code(), -32023);
    assert_eq!(reply.json()["id"], json!(1));
    assert_eq!(reply.json()["error"]["data"]["retryAfterMs"], json!(seconds * 1_000));
    seconds
}

#[tokio::test]
async fn rl_1_a_rate_holds_in_every_revision() {
    for revision in REVISIONS {
        for (method, params) in limited() {
            let limited = Limited::new();
            let (client, _) = Client::connect(&limited.router, revision, json!({})).await;
            for _ in 0..2 {
                let said = client.ask(method, params.clone()).await;
                assert_eq!(said.code(), None, "{revision} {method}");
            }
            let said = client.ask(method, params.clone()).await;
            assert_eq!(said.code(), Some(-32023), "{revision} {method}: {said:?}");
            limited.hand.advance(Duration::from_secs(30));
            let said = client.ask(method, params.clone()).await;
            assert_eq!(said.code(), None, "{revision} {method}: after the wait");
        }
    }
}

#[tokio::test]
async fn rl_1_over_http_the_refusal_is_429_and_an_honoured_wait_is_enough() {
    for (method, params) in limited() {
        let limited = Limited::new();
        let session = open_session(&limited.router, LEGACY).await;
        let modern = Draft::modern(method, params.clone());
        let legacy = Draft::legacy(&session, method, params.clone());
        assert_eq!(modern.send(&limited.router).await.status, 200);
        assert_eq!(legacy.send(&limited.router).await.status, 200, "one share for both eras");
        for draft in [&modern, &legacy] {
            assert_eq!(refused(&draft.send(&limited.router).await), 30);
        }
        limited.hand.advance(Duration::from_millis(29_500));
        assert_eq!(refused(&modern.send(&limited.router).await), 1, "never 0");
        limited.hand.advance(Duration::from_secs(1));
        assert_eq!(modern.send(&limited.router).await.status, 200);
        assert_eq!(refused(&legacy.send(&limited.router).await), 30, "one at a time");
        assert_eq!(Draft::call("free", json!({})).send(&limited.router).await.text(), "ran");
    }
}

/// What is refused costs nothing: wrong arguments aren't even read.
#[tokio::test]
async fn rl_1_a_limit_stands_before_the_arguments() {
    let limited = Limited::new();
    let wrong = Draft::call("twice", json!({ "unknown": 1 }));
    for _ in 0..2 {
        assert!(wrong.send(&limited.router).await.tool_error().contains("unknown"));
    }
    refused(&wrong.send(&limited.router).await);
    refused(&Draft::call("twice", json!({})).send(&limited.router).await);
}

#[tokio::test]
async fn rl_1_over_stdio_the_error_stands_alone() {
    let limited = Limited::new();
    let mut lines = Lines::start(&limited.server);
    lines.initialize(LEGACY).await;
    for id in 0..3 {
        let call = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": { "name": "twice", "arguments": {} } });
        lines.send(&call).await;
        let answer = lines.next().await;
        let code = answer["error"]["code"].as_i64();
        assert_eq!(code, (id == 2).then_some(-32023), "{answer}");
    }
    assert!(lines.close().await.is_empty());
}

#[tokio::test]
async fn a_server_wide_rate_is_for_what_has_none_of_its_own() {
    let limited = Limited::with(|server| server.rate(1, Duration::from_mins(1)));
    let call = |name| Draft::call(name, json!({}));
    assert_eq!(call("free").send(&limited.router).await.status, 200);
    refused(&call("free").send(&limited.router).await);
    for _ in 0..2 {
        assert_eq!(call("twice").send(&limited.router).await.status, 200, "it has its own");
    }
    refused(&call("twice").send(&limited.router).await);
    let list = Draft::modern("tools/list", json!({}));
    for _ in 0..5 {
        assert_eq!(list.send(&limited.router).await.status, 200, "what runs no function isn't counted");
    }
}

/// Something that is put in again at run time is no way around what was used.
#[tokio::test]
async fn a_tool_that_is_replaced_keeps_what_was_used_of_its_rate() {
    let limited = Limited::new();
    let call = Draft::call("twice", json!({}));
    for _ in 0..2 {
        assert_eq!(call.send(&limited.router).await.status, 200);
    }
    let again = || says("twice").rate(2, Duration::from_mins(1));
    limited.server.catalog().set_tool(again()).expect("a tool");
    refused(&call.send(&limited.router).await);
    limited.server.catalog().set_tool(again().rate(3, Duration::from_mins(1))).expect("a tool");
    assert_eq!(call.send(&limited.router).await.status, 200);
}
