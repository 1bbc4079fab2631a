//! Clients that are told what becomes of their tasks.

use std::time::Duration;

use mcp_tests::{asked::gives, running::Running};
use serde_json::{Value, json};

use crate::{
    client::{Client, Listening, asked, task},
    functions,
};

fn client() -> (Client, Running) {
    let running = Running::default();
    (Client::new(&functions::server(&running).build().unwrap()), running)
}

/// The next state of a task, which is what `tasks/get` says too.
async fn next(client: &Client, listening: &mut Listening, status: &str) -> Value {
    let told = listening.task().await;
    assert_eq!(told["status"], json!(status), "{told}");
    assert_eq!(told, task(client.get(told["taskId"].as_str().unwrap()).await));
    told
}

async fn silent(mut listening: Listening) {
    let waited = tokio::time::timeout(Duration::from_millis(30), listening.next()).await;
    assert!(waited.is_err(), "{waited:?}");
}

#[tokio::test]
async fn a_listener_is_told_of_every_state_once() {
    let (client, running) = client();
    let id = client.create("both", json!({})).await;
    let (mut early, mut late) = (client.listen(&[&id]).await, Vec::new());
    next(&client, &mut early, "working").await;
    running.finish();
    let questions = asked(&next(&client, &mut early, "input_required").await);
    late.push(client.listen(&[&id]).await);
    client.update(&id, json!({ &*questions[0].0: gives("a") })).await;
    assert_eq!(asked(&next(&client, &mut early, "input_required").await), questions[1..]);
    client.update(&id, json!({ &*questions[1].0: gives("b") })).await;
    next(&client, &mut early, "working").await;
    running.finish();
    let ended = next(&client, &mut early, "completed").await;
    late.push(client.listen(&[&id]).await);
    for mut late in late {
        assert_eq!(late.task().await, ended, "one that takes nothing is told what it is now");
        silent(late).await;
    }
    silent(early).await;
}

#[tokio::test]
async fn a_listener_is_told_of_every_end() {
    let (client, running) = client();
    for (tool, arguments, status) in [
        ("holds", json!({}), "cancelled"),
        ("fails", json!({ "how": "told" }), "completed"),
        ("fails", json!({ "how": "lacking" }), "failed"),
    ] {
        let id = client.create(tool, arguments).await;
        let mut listening = client.listen(&[&id]).await;
        if tool == "holds" {
            next(&client, &mut listening, "working").await;
            client.cancel(&id).await;
            running.finish();
        }
        let mut told = listening.task().await;
        while told["status"] == "working" {
            told = listening.task().await;
        }
        assert_eq!((&told["status"], &told), (&json!(status), &task(client.get(&id).await)));
        client.cancel(&id).await;
        silent(listening).await;
    }
}

#[tokio::test]
async fn a_listener_is_told_of_what_it_has_named() {
    let (client, _) = client();
    let [one, two, three] = [(); 3].map(|()| client.create("number", json!({})));
    let [one, two, three] = [one.await, two.await, three.await];
    for id in [&one, &two, &three] {
        client.questions(id).await;
    }
    let mut listening = client.listen(&["x", &two, "", &one]).await;
    for id in [&two, &one] {
        let told = next(&client, &mut listening, "input_required").await;
        assert_eq!(told["taskId"], json!(id), "in the order in which they were named");
    }
    for id in [&three, &one, &two] {
        client.cancel(id).await;
    }
    for id in [&one, &two] {
        let told = next(&client, &mut listening, "cancelled").await;
        assert_eq!(told["taskId"], json!(id));
    }
    silent(listening).await;
    silent(client.listen(&["x", "y"]).await).await;
}

/// The extension has no place for it.
#[tokio::test]
async fn nobody_is_told_how_far_a_task_is_or_what_it_logs() {
    let (client, _) = client();
    let call = Client::request("tools/call", json!({ "name": "chatters", "arguments": {} }));
    let call = call.meta("logLevel", json!("debug")).meta("progressToken", json!("p"));
    let created = client.send(&call).await;
    let id = created["result"]["taskId"].as_str().unwrap();
    let mut listening = client.listen(&[id]).await;
    let mut told = listening.task().await;
    while told["status"] == "working" {
        told = listening.task().await;
    }
    assert_eq!(told["result"]["content"][0]["text"], json!("all said"));
    silent(listening).await;
}
