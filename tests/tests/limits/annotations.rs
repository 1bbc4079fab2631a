//! Limits that annotations name.

use std::{
    sync::{Condvar, Mutex, PoisonError},
    time::Duration,
};

use mcp_server::prelude::*;
use mcp_tests::wire::Draft;
use serde_json::json;

use super::{rates::refused, server::Limited};

static LET_GO: (Mutex<bool>, Condvar) = (Mutex::new(false), Condvar::new());

/// Lets the threads of `waits_on_a_thread` end.
pub(super) fn let_go() {
    *LET_GO.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
    LET_GO.1.notify_all();
}

/// Wait on a thread for longer than its limit.
#[mcp_tool(blocking, timeout = "50ms", concurrency = 1)]
fn waits_on_a_thread() -> u32 {
    let held = LET_GO.0.lock().unwrap_or_else(PoisonError::into_inner);
    let limit = Duration::from_secs(30);
    let _ended = LET_GO.1.wait_timeout_while(held, limit, |let_go| !*let_go);
    1
}

/// Run once a minute.
#[mcp_tool(rate = "1/min")]
fn once_a_minute() -> u32 {
    1
}

/// A text that is read once a minute.
#[mcp_resource("limits://annotated", rate = "1/min", concurrency = 1)]
fn annotated_resource() -> String {
    "text".to_owned()
}

/// A question that is asked once a minute.
#[mcp_prompt(rate = "1/min", concurrency = 1)]
fn annotated_prompt() -> String {
    "text".to_owned()
}

/// A server with the annotated tools.
pub(super) fn annotated() -> Limited {
    Limited::with(|server| server.only(["waits_on_a_thread", "once_a_minute"]))
}

#[tokio::test]
async fn rl_1_annotated_rates_are_enforced() {
    let limited = annotated();
    for draft in [
        Draft::call("once_a_minute", json!({})),
        Draft::modern("resources/read", json!({ "uri": "limits://annotated" })),
        Draft::modern("prompts/get", json!({ "name": "annotated_prompt" })),
    ] {
        assert_eq!(draft.send(&limited.router).await.status, 200);
        let reply = draft.send(&limited.router).await;
        assert_eq!(refused(&reply), 60);
        let text = reply.json()["error"]["message"].to_string();
        assert!(text.contains("1 times in 1m; try again in 60 s"), "{text}");
    }
}
