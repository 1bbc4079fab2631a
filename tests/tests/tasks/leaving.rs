//! Clients that leave during the call that was to become a task.

use axum::Router;
use mcp_tests::{raw::Live, running::Running};
use serde_json::json;
use tower::ServiceExt;

use crate::{client::Client, functions};

/// More tasks than one owner may have.
const MANY: usize = 1_001;

/// What is asked before the task is asked of nobody once its client has gone, and nothing is kept of it.
#[tokio::test]
async fn a_client_that_leaves_before_there_is_a_task_leaves_nothing() {
    let running = Running::default();
    let client = Client::new(&functions::server(&running).build().unwrap());
    for _ in 0..MANY {
        let asked = client.call("books", json!({})).await;
        assert_eq!(asked["resultType"], json!("input_required"));
    }
    assert_eq!(running.begun(), 0, "the function has not begun");
    let id = client.create("holds", json!({})).await;
    assert_eq!(client.get(&id).await["status"], json!("working"), "there is room for tasks");
}

#[tokio::test]
async fn a_client_that_leaves_without_its_answer_ends_no_task() {
    let running = Running::default();
    let router: Router = functions::server(&running).build().unwrap().router();
    for n in 1..=10 {
        let call = Client::request("tools/call", json!({ "name": "holds", "arguments": {} }));
        drop(router.clone().oneshot(call.request()).await.unwrap());
        running.have_begun(n).await;
    }
    for n in 1..=10 {
        assert_eq!(running.ended(), n - 1, "it goes on");
        running.finish();
        running.end_at_once(n, "it has ended by itself").await;
    }
}

#[tokio::test]
async fn a_connection_that_ends_ends_no_task() {
    let running = Running::default();
    let live = Live::start(functions::server(&running).max_connections(1).build().unwrap()).await;
    for n in 1..=10 {
        let mut connection = live.connect().await;
        connection.send(&Client::request("tools/call", json!({ "name": "holds", "arguments": {} }))).await;
        running.have_begun(n).await;
        drop(connection);
    }
    // There is one place: whoever has it is answered when the one before has left it.
    let mut last = live.connect().await;
    last.send(&Client::request("tools/list", json!({}))).await;
    last.read_until(|text| text.contains("result")).await;
    running.go_on(10, "they go on").await;
}
