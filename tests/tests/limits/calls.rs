//! How many calls may run at once: of one tool, and of all together.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::Router;
use mcp_server::{Ctx, FromCall, Invocation, McpServer, Tool, ToolResult};
use mcp_tests::wire::{Draft, LEGACY, Reply, open_session};
use serde_json::json;
use tokio::task::JoinHandle;

use super::{rates::refused, server::Limited};

fn endless() -> Draft {
    Draft::call("endless", json!({}))
}

fn start(router: &Router, draft: Draft) -> JoinHandle<Reply> {
    let router = router.clone();
    tokio::spawn(async move { draft.send(&router).await })
}

#[tokio::test]
async fn tr_20_no_more_calls_of_a_tool_run_than_its_concurrency() {
    let limited = Limited::new();
    let session = open_session(&limited.router, LEGACY).await;
    let legacy = Draft::legacy(&session, "tools/call", json!({ "name": "endless", "arguments": {} }));
    let first = start(&limited.router, endless());
    let second = start(&limited.router, legacy.clone());
    limited.running.have_begun(2).await;
    for draft in [endless(), legacy] {
        assert_eq!(refused(&draft.send(&limited.router).await), 1);
    }
    assert_eq!(Draft::call("free", json!({})).send(&limited.router).await.text(), "ran", "others run");
    limited.running.finish();
    limited.running.finish();
    for call in [first, second] {
        call.await.expect("an answer");
    }
    limited.running.finish();
    assert_eq!(endless().send(&limited.router).await.text(), "finished");
    assert_eq!(limited.running.begun(), 3);
}

/// A client that goes away gives back what its call held.
#[tokio::test]
async fn tr_20_a_call_that_is_cancelled_counts_no_more() {
    let limited = Limited::new();
    for round in 0..3 {
        let calls = [start(&limited.router, endless()), start(&limited.router, endless())];
        limited.running.have_begun(2 * (round + 1)).await;
        refused(&endless().send(&limited.router).await);
        calls.iter().for_each(JoinHandle::abort);
        for call in calls {
            assert!(call.await.expect_err("it was aborted").is_cancelled());
        }
    }
}

fn at_most(total: usize) -> impl FnOnce(McpServer) -> McpServer {
    move |server| server.max_calls(total, 1)
}

#[tokio::test]
async fn tr_20_all_calls_together_are_bounded() {
    let limited = Limited::with(at_most(1));
    let call = start(&limited.router, endless());
    limited.running.have_begun(1).await;
    refused(&Draft::call("free", json!({})).send(&limited.router).await);
    refused(&Draft::modern("resources/read", json!({ "uri": "limits://twice" })).send(&limited.router).await);
    refused(&Draft::modern("prompts/get", json!({ "name": "twice" })).send(&limited.router).await);
    let list = Draft::modern("tools/list", json!({})).send(&limited.router).await;
    assert_eq!(list.status, 200, "what runs no function goes on");
    limited.running.finish();
    assert_eq!(call.await.expect("an answer").text(), "finished");
    assert_eq!(Draft::call("free", json!({})).send(&limited.router).await.text(), "ran");
    let prompt = Draft::modern("prompts/get", json!({ "name": "twice" }));
    for _ in 0..2 {
        assert_eq!(prompt.send(&limited.router).await.status, 200, "what was refused has used up nothing");
    }
}

/// A thread can't be stopped: until it ends it counts, also when nobody waits for it any more.
#[tokio::test]
async fn tr_20_a_blocking_call_counts_until_its_thread_ends() {
    let limited = super::annotations::annotated();
    let call = Draft::call("waits_on_a_thread", json!({}));
    let first = call.send(&limited.router).await;
    assert!(first.tool_error().contains("did not finish"), "{first:?}");
    assert_eq!(refused(&call.send(&limited.router).await), 1);
    super::annotations::let_go();
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    while call.send(&limited.router).await.status == 429 {
        assert!(tokio::time::Instant::now() < deadline, "the thread has ended, and its call still counts");
        tokio::task::yield_now().await;
    }
}

/// What a function leaves behind, such as its context, holds nothing of its caller's limits.
#[tokio::test]
async fn tr_20_a_context_that_outlives_its_call_counts_no_more() {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keeper = Arc::clone(&kept);
    let keeps = Tool::new("keeps", "Keeps its context.", move |call: Invocation| {
        let keeper = Arc::clone(&keeper);
        async move {
            tokio::task::yield_now().await;
            keeper.lock().unwrap().push(Ctx::from_call(&call.call)?);
            Ok(ToolResult::text("kept"))
        }
    });
    let limited = Limited::with(|server| at_most(1)(server).only(["keeps"]).tool(keeps.concurrency(1)));
    for _ in 0..3 {
        assert_eq!(Draft::call("keeps", json!({})).send(&limited.router).await.text(), "kept");
    }
    assert_eq!(kept.lock().unwrap().len(), 3);
}
