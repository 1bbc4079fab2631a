//! How a call becomes a task, and what is said of it.

use std::{collections::HashSet, time::Duration};

use mcp_server::Clock;
use mcp_tests::{asked::gives, running::Running, wire::Draft};
use serde_json::{Value, json};

use crate::{
    client::{Client, asked, meta, task},
    functions,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_task_is_there_before_its_client_knows_its_id() {
    let client = Client::new(&functions::server(&Running::default()).build().unwrap());
    let creating = (0..16).map(|_| {
        let client = client.clone();
        tokio::spawn(async move {
            let mut ids = Vec::new();
            for _ in 0..25 {
                let id = client.create("holds", json!({})).await;
                assert_eq!(client.get(&id).await["status"], json!("working"));
                ids.push(id);
            }
            ids
        })
    });
    let mut ids = HashSet::new();
    for created in futures_util::future::join_all(creating).await {
        for id in created.unwrap() {
            let is_visible = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            assert!(id.len() == 43 && id.bytes().all(is_visible), "{id}");
            assert!(ids.insert(id), "an id is never the same");
        }
    }
    assert_eq!(ids.len(), 400);
}

/// The beginning of these tests, and a later time, as ISO 8601 has it.
const BEGINNING: &str = "2026-07-28T00:00:00.000Z";
const LATER: &str = "2026-07-28T00:00:01.500Z";

/// What is said of a task: these members, and those of its state.
fn said(id: &str, status: &str, [created, updated]: [&str; 2], more: Value) -> Value {
    let mut said = json!({
        "taskId": id,
        "status": status,
        "createdAt": created,
        "lastUpdatedAt": updated,
        "ttlMs": 90_000,
        "pollIntervalMs": 250,
    });
    said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    said
}

#[tokio::test]
async fn a_task_says_this_and_no_more() {
    let ((clock, hand), running) = (Clock::by_hand(), Running::default());
    let server = functions::server(&running).clock(clock);
    let server = server.task_ttl(Duration::from_secs(90)).task_poll_interval(Duration::from_millis(250));
    let client = Client::new(&server.build().unwrap());

    let created = client.call("holds", json!({})).await;
    let holds = created["taskId"].as_str().unwrap().to_owned();
    let fields = |kind: &str| json!({ "resultType": kind, "_meta": meta() });
    assert_eq!(created, said(&holds, "working", [BEGINNING; 2], fields("task")));
    assert_eq!(client.get(&holds).await, said(&holds, "working", [BEGINNING; 2], fields("complete")));
    let cancelled = client.create("holds", json!({})).await;
    running.have_begun(2).await;
    hand.advance(Duration::from_millis(1_500));

    client.cancel(&cancelled).await;
    running.finish();
    let fails = client.create("fails", json!({ "how": "lacking" })).await;
    let asks = client.create("number", json!({})).await;
    let answer = json!({ "resultType": "complete", "content": [{ "type": "text", "text": "finished" }] });
    let form = json!({ "type": "object", "required": ["answer"],
        "properties": { "answer": { "type": "integer", "minimum": 0, "maximum": 255 } } });
    let params = json!({ "mode": "form", "message": "A number?", "requestedSchema": form });
    let (key, _) = client.questions(&asks).await.swap_remove(0);
    let requests = json!({ key: { "method": "elicitation/create", "params": params } });
    let error = client.reaches(&fails, "failed").await["error"].clone();
    assert_eq!(error["code"], json!(-32021), "{error}");
    for (id, status, created, more) in [
        (&cancelled, "cancelled", BEGINNING, json!({})),
        (&holds, "completed", BEGINNING, json!({ "result": answer })),
        (&asks, "input_required", LATER, json!({ "inputRequests": requests })),
        (&fails, "failed", LATER, json!({ "error": error })),
    ] {
        let mut now = task(client.reaches(id, status).await);
        // What a message says is for people.
        now.as_object_mut().unwrap().remove("statusMessage").inspect(|text| assert!(text.is_string()));
        assert_eq!(now, said(id, status, [created, LATER], more));
    }
}

/// A question is what it would be anywhere else.
#[tokio::test]
async fn a_task_asks_what_its_call_would_have_asked() {
    let client = Client::new(&functions::server(&Running::default()).build().unwrap());
    let id = client.create("number", json!({})).await;
    let kept = client.reaches(&id, "input_required").await["inputRequests"].clone();
    let params = json!({ "name": "number", "arguments": {} });
    let rounds = Draft::modern("tools/call", params).meta("clientCapabilities", json!({ "elicitation": {} }));
    assert_eq!(kept, client.send(&rounds).await["result"]["inputRequests"]);
}

/// A task has the result that its call would have had.
#[tokio::test]
async fn a_task_comes_to_what_its_call_would_have_come_to() {
    let client = Client::new(&functions::server(&Running::default()).build().unwrap());
    for (tool, arguments, status, member) in [
        ("says", json!({ "bytes": 3 }), "completed", "result"),
        ("fails", json!({ "how": "told" }), "completed", "result"),
        ("fails", json!({ "how": "lacking" }), "failed", "error"),
    ] {
        let params = json!({ "name": tool, "arguments": arguments });
        let mut response = client.send(&Draft::modern("tools/call", params)).await;
        if member == "result" {
            response["result"].as_object_mut().unwrap().remove("_meta");
        }
        let id = client.create(tool, arguments).await;
        assert_eq!(client.reaches(&id, status).await[member], response[member], "{tool}");
    }
}

#[tokio::test]
async fn what_is_asked_first_is_asked_before_there_is_a_task() {
    let running = Running::default();
    let client = Client::new(&functions::server(&running).build().unwrap());
    let first = client.call("books", json!({})).await;
    assert_eq!(first["resultType"], json!("input_required"));
    let questions = asked(&first);
    assert_eq!(questions[0].1, "For how many?");
    let answered = |answer: Value| {
        let params = json!({ "name": "books", "arguments": {}, "requestState": first["requestState"],
            "inputResponses": { &*questions[0].0: answer } });
        Client::request("tools/call", params).body(|body| {
            if body["params"]["requestState"].is_null() {
                body["params"].as_object_mut().unwrap().remove("requestState");
            }
        })
    };
    let wrong = client.send(&answered(gives("many"))).await;
    assert_eq!(wrong["result"]["resultType"], json!("input_required"), "{wrong}");
    let declined = client.send(&answered(json!({ "action": "decline" }))).await;
    assert_eq!(declined["result"]["isError"], json!(true), "no task is needed for that: {declined}");
    assert_eq!(running.begun(), 0);
    let created = client.send(&answered(gives(4))).await;
    assert_eq!(created["result"]["resultType"], json!("task"), "{created}");
    running.finish();
    let id = created["result"]["taskId"].as_str().unwrap();
    let ended = client.reaches(id, "completed").await;
    assert_eq!(ended["result"]["content"][0]["text"], json!("a table for 4"));
}

/// The function's arguments are looked at before anything else.
#[tokio::test]
async fn a_call_that_is_wrong_becomes_no_task() {
    let client = Client::new(&functions::server(&Running::default()).build().unwrap());
    let result = client.call("says", json!({ "bytes": "many" })).await;
    assert_eq!((&result["resultType"], &result["isError"]), (&json!("complete"), &json!(true)));
}
