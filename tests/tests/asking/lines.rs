//! Questions on one connection that carries everything.

use mcp_tests::{
    asked::{everything, gives},
    lines::Lines,
    running::Running,
    wire::{Draft, LEGACY},
};
use serde_json::{Value, json};

use crate::functions;

/// How many requests a connection may have on their way.
const MOST: usize = 256;

async fn connect(revision: &str) -> Lines {
    let server = functions::server(&Running::default()).build().unwrap();
    let mut lines = Lines::start(&server);
    let draft = Draft::initialize(revision).body(|body| body["params"]["capabilities"] = everything());
    lines.send(&draft.body).await;
    lines.next().await;
    lines
}

/// A connection on which everything that finds a place waits for an answer, and the questions.
async fn full(revision: &str, tool: &str) -> (Lines, Vec<Value>) {
    let mut lines = connect(revision).await;
    let mut questions = Vec::new();
    for id in 0..MOST {
        lines.send(&call(id, tool)).await;
        questions.push(lines.next().await);
    }
    (lines, questions)
}

fn call(id: usize, tool: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": { "name": tool, "arguments": {} } })
}

fn answer(question: &Value, text: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": question["id"], "result": gives(text) })
}

#[tokio::test]
async fn answers_get_through_however_much_is_asked() {
    let (mut lines, questions) = full(LEGACY, "holds").await;
    lines.send(&json!({ "jsonrpc": "2.0", "id": "p", "method": "ping" })).await;
    assert_eq!(lines.next().await["id"], json!("p"));
    for (n, question) in questions.iter().enumerate() {
        lines.send(&answer(question, &n.to_string())).await;
        let response = lines.next().await;
        assert_eq!(response["id"], json!(n));
        assert_eq!(response["result"]["content"][0]["text"], json!(n.to_string()));
    }
    assert!(lines.close().await.is_empty());
}

/// What finds no place in time is refused: the answers that make place come after it.
#[tokio::test(start_paused = true)]
async fn answers_get_through_also_behind_requests_that_find_no_place() {
    let (mut lines, questions) = full(LEGACY, "holds").await;
    for id in MOST..MOST + 3 {
        lines.send(&call(id, "holds")).await;
    }
    lines.send(&answer(&questions[7], "seven")).await;
    for id in MOST..MOST + 3 {
        let refused = lines.next().await;
        assert_eq!((&refused["id"], &refused["error"]["code"]), (&json!(id), &json!(-32600)), "{refused}");
        assert!(refused["error"]["message"].as_str().unwrap().contains("try again"), "{refused}");
    }
    let response = lines.next().await;
    assert_eq!((&response["id"], &response["result"]["content"][0]["text"]), (&json!(7), &json!("seven")));
    lines.send(&call(7, "holds")).await;
    assert_eq!(lines.next().await["method"], json!("elicitation/create"), "there is a place again");
}

#[tokio::test(start_paused = true)]
async fn an_array_that_finds_no_place_is_refused_in_an_array() {
    let (mut lines, _questions) = full("2025-03-26", "sample").await;
    let ping = json!({ "jsonrpc": "2.0", "id": "p", "method": "ping" });
    lines.send(&json!([ping, call(300, "sample"), call(301, "sample")])).await;
    let answers = lines.next().await;
    let ids: Vec<_> = answers.as_array().unwrap().iter().map(|answer| &answer["id"]).collect();
    assert_eq!(ids, [&json!("p"), &json!(300), &json!(301)]);
    assert_eq!(answers[0]["result"], json!({}));
    assert_eq!(answers[1]["error"]["code"], json!(-32600), "{answers}");
}
