//! What is left of a task after its time: nothing.

use std::time::Duration;

use mcp_server::{Clock, Hand};
use mcp_tests::{asked::gives, running::Running};
use serde_json::json;

use crate::{client::Client, functions};

const TTL: Duration = Duration::from_mins(5);
const MOMENT: Duration = Duration::from_millis(1);
/// A moment less.
const NEARLY: Duration = Duration::from_millis(299_999);

fn client(running: &Running) -> (Client, Hand) {
    let (clock, hand) = Clock::by_hand();
    (Client::new(&functions::server(running).clock(clock).task_ttl(TTL).build().unwrap()), hand)
}

/// Lets time pass, by both of the clocks that there are.
async fn pass(hand: &Hand, time: Duration) {
    hand.advance(time);
    tokio::time::advance(time).await;
}

#[tokio::test(start_paused = true)]
async fn a_task_that_has_ended_is_gone_after_its_time() {
    let running = Running::default();
    let (client, hand) = client(&running);
    let mut ids = Vec::new();
    for (tool, arguments, status) in [
        ("says", json!({ "bytes": 1 }), "completed"),
        ("fails", json!({ "how": "" }), "failed"),
        ("holds", json!({}), "cancelled"),
    ] {
        let id = client.create(tool, arguments).await;
        if status == "cancelled" {
            client.cancel(&id).await;
        }
        client.reaches(&id, status).await;
        ids.push(id);
    }
    pass(&hand, NEARLY).await;
    for id in &ids {
        client.get(id).await;
    }
    pass(&hand, MOMENT).await;
    let unknown = client.refusal("x").await;
    assert_eq!(unknown["code"], json!(-32602));
    for id in &ids {
        assert_eq!(client.refusal(id).await, unknown, "nobody learns that there was one");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_runs_is_stopped_after_its_time() {
    let running = Running::default();
    let (client, hand) = client(&running);
    let mut ids = Vec::new();
    for (n, tool) in (1..).zip(["holds", "number", "elsewhere"]) {
        ids.push(client.create(tool, json!({})).await);
        running.have_begun(n).await;
    }
    let questions = client.questions(&ids[1]).await;
    pass(&hand, NEARLY).await;
    for id in &ids {
        client.get(id).await;
    }
    assert_eq!(running.ended(), 0, "not a moment before");
    pass(&hand, MOMENT * 2).await;
    running.end_at_once(3, "nobody can find them").await;
    let unknown = client.refusal("x").await;
    for id in &ids {
        assert_eq!(client.refusal(id).await, unknown);
    }
    let late = json!({ "taskId": ids[1], "inputResponses": { &*questions[0].0: gives(1) } });
    assert_eq!(client.ask("tasks/update", late).await["error"], unknown);
}

/// A listener is told of nothing any more.
#[tokio::test(start_paused = true)]
async fn a_task_goes_silently() {
    let running = Running::default();
    let (client, hand) = client(&running);
    let (gone, stays) = (client.create("holds", json!({})).await, client.create("holds", json!({})).await);
    let mut listening = client.listen(&[&gone]).await;
    assert_eq!(listening.task().await["status"], json!("working"));
    running.have_begun(2).await;
    client.cancel(&stays).await;
    pass(&hand, TTL + MOMENT).await;
    running.end_at_once(2, "one was given up, one is out of time").await;
    let another = client.create("holds", json!({})).await;
    assert_eq!(client.get(&another).await["status"], json!("working"), "others begin");
    let silent = tokio::time::timeout(Duration::from_secs(1), listening.next()).await;
    assert!(silent.is_err(), "{silent:?}");
}
