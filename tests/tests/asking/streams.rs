//! Questions of sessions: each on the stream of its call, and answered by its own session only.

use std::time::Duration;

use axum::Router;
use mcp_server::Server;
use mcp_tests::{
    asked::{everything, gives},
    running::Running,
    sse::Stream,
    wire::{Draft, LEGACY},
};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::functions;

/// A session whose client a test answers for.
pub(super) struct Asking {
    router: Router,
    id: String,
}

impl Asking {
    pub(super) async fn connect(router: &Router) -> Self {
        let draft = Draft::initialize(LEGACY).body(|body| body["params"]["capabilities"] = everything());
        let id = draft.send(router).await.header("mcp-session-id").to_owned();
        Self { router: router.clone(), id }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Calls a tool that is answered by a stream.
    pub(super) async fn call(&mut self, id: impl Into<Value>, tool: &str, arguments: Value) -> Stream {
        let params = json!({ "name": tool, "arguments": arguments });
        Stream::open(&self.router, &Draft::legacy(&self.id, "tools/call", params).id(id)).await
    }

    pub(super) async fn answer(&mut self, question: &Value, result: Value) {
        self.send(json!({ "jsonrpc": "2.0", "id": question["id"], "result": result })).await;
    }

    /// Sends what has no response.
    pub(super) async fn send(&mut self, message: Value) {
        let draft = Draft::legacy(&self.id, "", json!({})).body(|body| *body = message);
        assert_eq!(draft.send(&self.router).await.status, 202);
    }

    /// Nothing comes of what was sent.
    pub(super) async fn nothing(&mut self, stream: &mut Stream) {
        let waited = timeout(Duration::from_millis(30), stream.message()).await;
        assert!(waited.is_err(), "{waited:?}");
    }
}

fn server() -> Server {
    functions::server(&Running::default()).build().unwrap()
}

fn text(response: &Value) -> &str {
    response["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{response}"))
}

#[tokio::test]
async fn every_question_is_on_the_stream_of_its_call() {
    let router = server().router();
    let mut asking = Asking::connect(&router).await;
    let own = Draft::listen(asking.id());
    let mut own = Stream::open(&router, &own).await;
    let mut streams = Vec::new();
    for n in 0..10 {
        streams.push(asking.call(n, "many", json!({ "count": 3 })).await);
    }
    let mut asked = Vec::new();
    for stream in &mut streams {
        let mut questions = Vec::new();
        for n in 0..3 {
            let question = stream.message().await;
            assert_eq!(question["params"]["message"], json!(format!("{n}?")));
            questions.push(question);
        }
        asked.push(questions);
    }
    let mut ids: Vec<_> = asked.iter().flatten().map(|question| question["id"].as_u64().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 30, "no two questions of a session have one id");
    for n in (0..3).rev() {
        for (call, questions) in asked.iter().enumerate().rev() {
            asking.answer(&questions[n], gives(format!("{call}.{n}"))).await;
        }
    }
    for (call, stream) in streams.iter_mut().enumerate() {
        let response = stream.message().await;
        assert_eq!(response["id"], json!(call));
        assert_eq!(text(&response), format!("{call}.0 {call}.1 {call}.2"));
        assert!(stream.rest().await.is_empty());
    }
    asking.nothing(&mut own).await;
}

#[tokio::test]
async fn an_answer_is_taken_from_its_own_session_and_under_its_own_id() {
    let router = server().router();
    let (mut one, mut other) = (Asking::connect(&router).await, Asking::connect(&router).await);
    let mut stream = one.call("a", "number", json!({})).await;
    let question = stream.message().await;
    // Their questions have the same id.
    let mut others = other.call("b", "number", json!({})).await;
    let its = others.message().await;
    assert_eq!(question["id"], its["id"]);
    other.answer(&its, gives(8)).await;
    assert_eq!(text(&others.message().await), "8");
    other.answer(&question, gives(9)).await;
    one.nothing(&mut stream).await;
    let number = question["id"].as_u64().unwrap();
    for id in [
        json!(number + 1),
        json!(0),
        json!(-1),
        json!(u64::MAX),
        json!(number.to_string()),
        json!("a"),
        json!(null),
    ] {
        let message = json!({ "jsonrpc": "2.0", "id": id, "result": gives(9) });
        let draft = Draft::legacy(one.id(), "", json!({})).body(|body| *body = message);
        assert!(matches!(draft.send(&router).await.status, 202 | 400), "{id}");
        one.nothing(&mut stream).await;
    }
    one.answer(&question, gives(7)).await;
    assert_eq!(text(&stream.message().await), "7");
    one.answer(&question, gives(9)).await;
    let mut stream = one.call("a", "number", json!({})).await;
    let again = stream.message().await;
    assert_ne!(again["id"], question["id"], "an id is used once");
    one.answer(&question, gives(9)).await;
    one.nothing(&mut stream).await;
    one.answer(&again, gives(6)).await;
    assert_eq!(text(&stream.message().await), "6");
}

#[tokio::test]
async fn a_client_may_fail_to_ask() {
    let router = server().router();
    let mut asking = Asking::connect(&router).await;
    for (tool, code, told) in [
        ("number", -32603, "The question was not answered."),
        ("number", -32601, "The question was not answered."),
        ("sample", -1, "The user declined."),
        ("sample", -32603, "The question was not answered."),
        ("roots", -32601, "The question was not answered."),
    ] {
        let mut stream = asking.call(1, tool, json!({})).await;
        let question = stream.message().await;
        let error = json!({ "code": code, "message": "no" });
        asking.send(json!({ "jsonrpc": "2.0", "id": question["id"], "error": error })).await;
        let response = stream.message().await;
        assert_eq!(text(&response), told, "{tool}: {code}");
        assert_eq!(response["result"]["isError"], json!(true));
    }
}

/// What is asked in an array is asked on the array's stream.
#[tokio::test]
async fn questions_of_an_array_are_on_its_stream() {
    let router = server().router();
    let draft = Draft::initialize("2025-03-26").body(|body| body["params"]["capabilities"] = everything());
    let id = draft.send(&router).await.header("mcp-session-id").to_owned();
    let call = |n: i64| {
        json!({ "jsonrpc": "2.0", "id": n, "method": "tools/call",
        "params": { "name": "sample", "arguments": {} } })
    };
    let draft = Draft::legacy(&id, "", json!({})).of("2025-03-26");
    let mut stream =
        Stream::open(&router, &draft.clone().body(|body| *body = json!([call(1), call(2)]))).await;
    let questions = [stream.message().await, stream.message().await];
    let answers: Vec<_> = questions
        .iter()
        .map(|question| {
            assert_eq!(question["method"], json!("sampling/createMessage"), "{question}");
            let result = mcp_tests::asked::completes("hello");
            json!({ "jsonrpc": "2.0", "id": question["id"], "result": result })
        })
        .collect();
    let reply = draft.body(|body| *body = json!(answers)).send(&router).await;
    assert_eq!(reply.status, 202, "answers may come in an array too: {reply:?}");
    let mut ids = Vec::new();
    for _ in 0..2 {
        let response = stream.message().await;
        assert_eq!(text(&response), "hello");
        ids.push(response["id"].as_i64().unwrap());
    }
    ids.sort_unstable();
    assert_eq!(ids, [1, 2]);
}

/// Revisions that can't ask say so to the model.
#[tokio::test]
async fn a_session_of_a_revision_that_cannot_ask_is_told() {
    let router = server().router();
    for (revision, tool, capability) in
        [("2025-03-26", "number", "elicitation"), ("2024-11-05", "number", "elicitation")]
    {
        let draft = Draft::initialize(revision).body(|body| body["params"]["capabilities"] = everything());
        let id = draft.send(&router).await.header("mcp-session-id").to_owned();
        let params = json!({ "name": tool, "arguments": {} });
        let reply = Draft::legacy(&id, "tools/call", params).of(revision).send(&router).await;
        assert!(reply.tool_error().contains(&format!("`{capability}`")), "{revision}");
    }
}
