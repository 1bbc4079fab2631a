//! Calls that end while a question is open.

use axum::Router;
use http::Method;
use mcp_tests::{
    asked::{everything, gives},
    lines::{Lines, cancelled},
    running::Running,
    sse::Stream,
    wire::{Draft, LEGACY},
};
use serde_json::{Value, json};

use crate::{functions, streams::Asking};

fn router(running: &Running) -> Router {
    functions::server(running).build().unwrap().router()
}

#[tokio::test]
async fn a_call_that_asks_may_be_cancelled() {
    let running = Running::default();
    let router = router(&running);
    let mut asking = Asking::connect(&router).await;
    let mut stream = asking.call("a", "holds", json!({})).await;
    let question = stream.message().await;
    asking.send(cancelled("b")).await;
    asking.nothing(&mut stream).await;
    assert_eq!(running.ended(), 0);
    asking.send(cancelled("a")).await;
    running.end_at_once(1, "cancelled").await;
    let rest: Vec<_> = stream.rest().await.iter().filter_map(mcp_tests::sse::Event::message).collect();
    assert!(rest.iter().all(|message| message.get("id").is_none()), "no response: {rest:?}");
    asking.answer(&question, gives("too late")).await;
    let mut stream = asking.call("a", "holds", json!({})).await;
    let question = stream.message().await;
    asking.answer(&question, gives("in time")).await;
    assert_eq!(stream.message().await["result"]["content"][0]["text"], json!("in time"));
}

#[tokio::test]
async fn a_session_may_end_while_it_is_asked() {
    let running = Running::default();
    let router = router(&running);
    let mut asking = Asking::connect(&router).await;
    let mut streams: Vec<Stream> = Vec::new();
    for n in 0..3 {
        let mut stream = asking.call(n, "holds", json!({})).await;
        stream.message().await;
        streams.push(stream);
    }
    let mut bystander = Asking::connect(&router).await;
    let mut theirs = bystander.call(0, "holds", json!({})).await;
    let question = theirs.message().await;
    let draft = Draft::legacy(asking.id(), "", json!({})).method(Method::DELETE).text("");
    assert_eq!(draft.send(&router).await.status, 204);
    running.end_at_once(3, "the session has ended").await;
    for stream in &mut streams {
        stream.rest().await;
        assert!(stream.has_ended());
    }
    let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": gives("a") });
    let reply = Draft::legacy(asking.id(), "", json!({})).body(|body| *body = answer).send(&router).await;
    assert_eq!(reply.status, 404);
    bystander.answer(&question, gives("still here")).await;
    assert_eq!(theirs.message().await["result"]["content"][0]["text"], json!("still here"));
}

#[tokio::test(start_paused = true)]
async fn a_connection_may_end_while_it_is_asked() {
    let running = Running::default();
    let server = functions::server(&running).build().unwrap();
    let mut lines = Lines::start(&server);
    lines.send(&initialize()).await;
    lines.next().await;
    lines.send(&holds(1)).await;
    lines.next().await;
    lines.close_input();
    let rest = lines.rest().await;
    assert!(rest.iter().all(|message| message.get("id").is_none()), "{rest:?}");
    assert_eq!(running.ended(), 1);
    let router = server.router();
    let mut asking = Asking::connect(&router).await;
    let mut stream = asking.call(1, "holds", json!({})).await;
    stream.message().await;
    server.stop();
    assert_eq!(running.ended(), 1, "a call of a session goes on without a reader");
}

/// A modern call that has asked is over: nothing of it runs, and nothing is kept.
#[tokio::test]
async fn a_round_that_ends_with_questions_lets_go_of_everything() {
    let running = Running::default();
    let router = router(&running);
    let params = json!({ "name": "holds", "arguments": {} });
    let draft = Draft::modern("tools/call", params).meta("clientCapabilities", everything());
    for n in 1..=3 {
        assert_eq!(draft.send(&router).await.result()["resultType"], json!("input_required"));
        assert_eq!((running.begun(), running.ended()), (n, n));
    }
}

fn initialize() -> Value {
    Draft::initialize(LEGACY).body(|body| body["params"]["capabilities"] = everything()).body
}

fn holds(id: i64) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": { "name": "holds" } })
}
