//! How tasks end: given up, failed, or stopped.

use std::time::Duration;

use mcp_server::Clock;
use mcp_tests::{asked::gives, lines::Lines, running::Running};
use serde_json::json;

use crate::{
    client::{Client, settle, text},
    functions,
};

#[tokio::test]
async fn a_task_that_is_given_up_lets_go_of_everything_at_once() {
    let (running, (clock, hand)) = (Running::default(), Clock::by_hand());
    let client = Client::new(&functions::server(&running).clock(clock).build().unwrap());
    for (n, tool) in (1..).zip(["holds", "must", "number", "elsewhere"]) {
        let id = client.create(tool, json!({})).await;
        running.have_begun(n).await;
        if tool == "number" {
            client.questions(&id).await;
        }
        client.cancel(&id).await;
        let cancelled = client.get(&id).await;
        assert_eq!(cancelled["status"], json!("cancelled"), "{tool}: {cancelled}");
        running.end_at_once(n, tool).await;
        hand.advance(Duration::from_secs(1));
        client.cancel(&id).await;
        running.finish();
        client.update(&id, json!({})).await;
        assert_eq!(client.get(&id).await, cancelled, "{tool}: it stays as it is");
        running.finished().await;
    }
}

#[tokio::test]
async fn a_task_that_has_ended_stays_as_it_is() {
    let (running, (clock, hand)) = (Running::default(), Clock::by_hand());
    let client = Client::new(&functions::server(&running).clock(clock).build().unwrap());
    for (tool, arguments, status) in [
        ("says", json!({ "bytes": 1 }), "completed"),
        ("fails", json!({ "how": "told" }), "completed"),
        ("fails", json!({ "how": "lacking" }), "failed"),
        ("fails", json!({ "how": "" }), "failed"),
    ] {
        let id = client.create(tool, arguments).await;
        let ended = client.reaches(&id, status).await;
        hand.advance(Duration::from_secs(1));
        client.cancel(&id).await;
        client.update(&id, json!({ "x": gives(1) })).await;
        assert_eq!(client.get(&id).await, ended, "{tool}");
    }
}

/// Whichever comes first is what it says ever after.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_task_may_be_given_up_while_it_ends() {
    let running = Running::default();
    let client = Client::new(&functions::server(&running).build().unwrap());
    for n in 1..=200 {
        let id = client.create("holds", json!({})).await;
        running.have_begun(n).await;
        let ending = tokio::spawn({
            let running = running.clone();
            async move { running.finish() }
        });
        client.cancel(&id).await;
        ending.await.unwrap();
        let ended = client.when(&id, |task| task["status"] != "working").await;
        match ended["status"].as_str() {
            Some("completed") => assert_eq!(text(&ended), "finished"),
            Some("cancelled") => assert_eq!(ended.get("result"), None, "{ended}"),
            _ => panic!("{ended}"),
        }
        running.end_at_once(n, "one way or the other").await;
        settle().await;
        assert_eq!(client.get(&id).await, ended);
        // What nobody has taken is for nobody else.
        if ended["status"] == "cancelled" {
            tokio::time::timeout(Duration::ZERO, running.finished()).await.ok();
        }
    }
}

/// `notifications/cancelled` is about requests. The one that became a task has been answered.
#[tokio::test]
async fn a_task_is_not_given_up_by_what_cancels_requests() {
    let running = Running::default();
    let server = functions::server(&running).build().unwrap();
    let mut lines = Lines::start(&server);
    let call = Client::request("tools/call", json!({ "name": "holds", "arguments": {} })).id(7);
    lines.send(&call.body).await;
    let created = lines.next().await;
    let id = created["result"]["taskId"].as_str().unwrap();
    running.have_begun(1).await;
    lines.cancel(7).await;
    lines.send(&Client::request("tasks/get", json!({ "taskId": id })).id(8).body).await;
    assert_eq!(lines.next().await["result"]["status"], json!("working"));
    running.finish();
    Client::new(&server).reaches(id, "completed").await;
    assert_eq!(running.ended(), 1);
}

#[tokio::test]
async fn a_tool_error_is_a_result() {
    let running = Running::default();
    let client = Client::new(&functions::server(&running).build().unwrap());
    let id = client.create("fails", json!({ "how": "told" })).await;
    let task = client.reaches(&id, "completed").await;
    assert_eq!(task["result"]["isError"], json!(true), "{task}");
    assert_eq!((text(&task), task.get("error")), ("There is no fish.", None));
    assert_eq!(running.ended(), 1);
}

#[tokio::test]
async fn a_protocol_error_is_a_failure() {
    let running = Running::default();
    let client = Client::new(&functions::server(&running).build().unwrap());
    let id = client.create("fails", json!({ "how": "lacking" })).await;
    let task = client.reaches(&id, "failed").await;
    assert_eq!(task["error"]["code"], json!(-32021), "{task}");
    assert_eq!(task["error"]["data"], json!({ "requiredCapabilities": { "sampling": {} } }));
    assert_eq!(task.get("result"), None, "{task}");

    let id = client.create("fails", json!({ "how": "" })).await;
    let task = client.reaches(&id, "failed").await;
    assert_eq!(task["error"]["code"], json!(-32603), "{task}");
    assert!(!task.to_string().contains("kitchen"), "a panic is told to nobody: {task}");
    assert_eq!(running.ended(), 2);
}

#[tokio::test]
async fn a_failure_says_what_has_failed() {
    let client = Client::new(&functions::server(&Running::default()).build().unwrap());
    for how in ["lacking", ""] {
        let id = client.create("fails", json!({ "how": how })).await;
        let task = client.reaches(&id, "failed").await;
        assert!(task["statusMessage"].as_str().is_some_and(|text| !text.is_empty()), "{task}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_takes_no_longer_than_its_function_may() {
    let running = Running::default();
    let client = Client::new(&functions::server(&running).build().unwrap());
    let id = client.create("slow", json!({})).await;
    running.have_begun(1).await;
    tokio::time::advance(Duration::from_millis(1_990)).await;
    assert_eq!(client.get(&id).await["status"], json!("working"));
    tokio::time::advance(Duration::from_millis(20)).await;
    let task = client.reaches(&id, "completed").await;
    assert_eq!(task["result"]["isError"], json!(true), "{task}");
    assert!(text(&task).contains("did not finish in 2 s"), "{task}");
    running.end_at_once(1, "it has had its time").await;
}
