//! How much is kept of tasks, and what happens when that is too little.

use mcp_tests::running::Running;
use serde_json::{Value, json};

use crate::{
    client::{Client, task},
    functions,
};

/// How many tasks there may be.
const MOST: usize = 100;

/// More bytes than a task may say.
const TOO_MUCH: usize = 2 * 1024 * 1024;

fn client() -> (Client, Running) {
    let running = Running::default();
    (Client::new(&functions::server(&running).max_tasks(MOST, 1).build().unwrap()), running)
}

async fn call(client: &Client) -> Value {
    client.ask("tools/call", json!({ "name": "holds", "arguments": {} })).await
}

#[tokio::test]
async fn a_task_that_runs_is_never_forgotten_for_another() {
    let (client, running) = client();
    let mut ids = Vec::new();
    for _ in 0..MOST {
        ids.push(client.create("holds", json!({})).await);
    }
    running.have_begun(MOST).await;
    let refused = call(&client).await;
    assert_eq!(refused["error"]["code"], json!(-32603), "{refused}");
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("all tasks of this server together"), "{message}");
    for id in &ids {
        assert_eq!(client.get(id).await["status"], json!("working"));
    }
    assert_eq!((running.begun(), running.ended()), (MOST, 0), "what is refused doesn't begin");

    client.cancel(&ids[7]).await;
    let another = client.create("holds", json!({})).await;
    assert_eq!(client.refusal(&ids[7]).await["code"], json!(-32602), "it has made room");
    assert!(call(&client).await.get("error").is_some(), "for one");
    ids[7] = another;
    for id in &ids {
        assert_eq!(client.get(id).await["status"], json!("working"));
    }
}

#[tokio::test]
async fn what_has_ended_makes_room_in_its_order() {
    let (client, _) = client();
    let runs = client.create("holds", json!({})).await;
    let mut ids = Vec::new();
    for _ in 1..MOST {
        let id = client.create("says", json!({ "bytes": 1 })).await;
        client.reaches(&id, "completed").await;
        ids.push(id);
    }
    for gone in 0..10 {
        client.create("holds", json!({})).await;
        assert_eq!(client.refusal(&ids[gone]).await["code"], json!(-32602));
        assert_eq!(client.get(&ids[gone + 1]).await["status"], json!("completed"));
    }
    assert_eq!(client.get(&runs).await["status"], json!("working"));
}

#[tokio::test]
async fn a_result_that_is_too_large_to_keep_is_a_failure() {
    let (client, running) = client();
    let id = client.create("says", json!({ "bytes": TOO_MUCH })).await;
    let failed = client.reaches(&id, "failed").await;
    assert_eq!(failed["error"]["code"], json!(-32603), "{failed}");
    assert!(failed["error"]["message"].as_str().unwrap().contains("a task may say"), "{failed}");
    assert_eq!(failed.get("result"), None, "{failed}");
    running.end_at_once(1, "it has failed").await;
    client.cancel(&id).await;
    assert_eq!(task(client.get(&id).await), task(failed));
}

#[tokio::test]
async fn a_question_that_is_too_large_to_keep_ends_the_function_too() {
    let (client, running) = client();
    let id = client.create("asks", json!({ "bytes": TOO_MUCH })).await;
    let failed = client.reaches(&id, "failed").await;
    assert_eq!(failed["error"]["code"], json!(-32603), "{failed}");
    running.end_at_once(1, "its task has failed").await;
}
