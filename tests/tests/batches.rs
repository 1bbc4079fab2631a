//! Arrays of messages over HTTP, which revision 2025-03-26 alone knows.

use axum::Router;
use mcp_server::{Ctx, FromCall, Invocation, Level, McpServer, Tool, ToolResult};
use mcp_tests::{
    running::Running,
    sse::{Event, Stream, respond},
    wire::{Draft, MODERN, Reply, open_session},
};
use serde_json::{Value, json};

const REVISION: &str = "2025-03-26";

fn server(running: &Running) -> McpServer {
    let count = Tool::new("count", "Counts what it is given.", |mut call: Invocation| async move {
        let text: String = call.argument("text")?;
        Ok(ToolResult::text(text.len().to_string()))
    })
    .input_schema(
        json!({"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}),
    );
    let speaks = Tool::new("speaks", "Says something twice.", |call: Invocation| async move {
        let ctx = Ctx::from_call(&call.call)?;
        ctx.log(Level::Error, 1).await;
        ctx.close_stream(std::time::Duration::ZERO).await;
        ctx.log(Level::Error, 2).await;
        Ok(ToolResult::text("spoken"))
    });
    McpServer::new("batches").tool(count).tool(speaks).tool(running.tool())
}

fn router() -> Router {
    server(&Running::default()).build().unwrap().router()
}

fn ping(id: impl Into<Value>) -> Value {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": "ping" })
}

fn note() -> Value {
    json!({ "jsonrpc": "2.0", "method": "notifications/x" })
}

fn call(id: impl Into<Value>, tool: &str, arguments: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": "tools/call",
        "params": { "name": tool, "arguments": arguments } })
}

fn batch(session: &str, items: Value) -> Draft {
    Draft::legacy(session, "", json!({})).of(REVISION).body(|body| *body = items)
}

/// The responses, however they come.
async fn answers(router: &Router, session: &str, items: Value) -> Vec<Value> {
    let response = respond(router, &batch(session, items)).await;
    assert_eq!(response.status(), 200);
    if response.headers()["content-type"] == "text/event-stream" {
        let events = Stream::of(response).rest().await;
        return events.iter().filter_map(Event::message).collect();
    }
    Reply::read(response).await.json().as_array().expect("an array").clone()
}

fn answer(answers: &[Value], id: impl Into<Value>) -> &Value {
    let id = id.into();
    let mut found = answers.iter().filter(|answer| answer.get("id") == Some(&id));
    let answer = found.next().unwrap_or_else(|| panic!("no answer to {id}: {answers:?}"));
    assert!(found.next().is_none(), "two answers to {id}: {answers:?}");
    answer
}

#[tokio::test]
async fn what_is_answered_at_once_is_an_array() {
    let router = router();
    let id = open_session(&router, REVISION).await;
    let list = json!({ "jsonrpc": "2.0", "id": "l", "method": "tools/list" });
    let reply = batch(&id, json!([ping(1), note(), list, ping(2)])).send(&router).await;
    assert_eq!((reply.status, reply.header("mcp-session-id")), (200, ""));
    let answers = reply.json();
    let ids: Vec<_> = answers.as_array().unwrap().iter().map(|answer| answer["id"].clone()).collect();
    assert_eq!(ids, [json!(1), json!("l"), json!(2)]);
    let single = batch(&id, json!([ping(1)])).send(&router).await.json();
    assert_eq!(single, json!([{ "jsonrpc": "2.0", "id": 1, "result": {} }]), "also one is an array");
}

#[tokio::test]
async fn nothing_to_answer_is_202() {
    let router = router();
    let id = open_session(&router, REVISION).await;
    let response = json!({ "jsonrpc": "2.0", "id": 1, "result": {} });
    for items in
        [json!([note()]), json!([note(), note()]), json!([response, response]), json!(vec![note(); 64])]
    {
        let reply = batch(&id, items.clone()).send(&router).await;
        assert_eq!((reply.status, reply.body.len()), (202, 0), "{items}");
    }
}

#[tokio::test]
async fn tr_8_a_batch_has_a_size() {
    let running = Running::default();
    let router = server(&running).build().unwrap().router();
    let id = open_session(&router, REVISION).await;
    for items in [
        json!([]),
        json!(vec![ping(1); 65]),
        json!(vec![note(); 65]),
        json!(vec![call(1, "endless", json!({})); 65]),
        json!(vec![ping(1); 10_000]),
    ] {
        let reply = batch(&id, items).send(&router).await;
        assert_eq!((reply.status, reply.code()), (400, -32600));
        assert!(reply.json()["error"]["message"].as_str().unwrap().contains("1 to 64"), "{reply:?}");
    }
    assert_eq!(running.begun(), 0, "nothing of it has run");
    assert_eq!(answers(&router, &id, json!(vec![ping(1); 64])).await.len(), 64);
}

#[tokio::test]
async fn each_message_is_checked_alone() {
    let router = router();
    let id = open_session(&router, REVISION).await;
    let items = json!([
        7,
        null,
        "x",
        [],
        [ping(0)],
        {},
        { "jsonrpc": "1.0", "id": "old", "method": "ping" },
        { "jsonrpc": "2.0", "id": "list", "method": "ping", "params": [] },
        { "jsonrpc": "2.0", "id": null, "method": "ping" },
        { "jsonrpc": "2.0", "id": "unknown", "method": "no/such" },
        { "jsonrpc": "2.0", "id": "again", "method": "initialize", "params": {} },
        { "jsonrpc": "2.0", "id": "modern", "method": "subscriptions/listen", "params": { "notifications": {} } },
        Draft::modern("tools/list", json!({})).id("says").body,
        Draft::modern("subscriptions/listen", json!({ "notifications": {} })).id("listens").body,
        call("no tool", "no_such", json!({})),
        call("no text", "count", json!({})),
        call("wrong text", "count", json!({ "text": 7 })),
        call("right", "count", json!({ "text": "four" })),
        ping("ping"),
    ]);
    let answers = answers(&router, &id, items).await;
    let unread: Vec<_> = answers.iter().filter(|answer| answer.get("id").is_none()).collect();
    assert_eq!(unread.len(), 7, "{answers:?}");
    assert!(unread.iter().all(|answer| answer["error"]["code"] == json!(-32600)), "{unread:?}");
    for (id, code) in [
        ("old", -32600),
        ("list", -32600),
        ("unknown", -32601),
        ("again", -32600),
        ("modern", -32601),
        ("says", -32600),
        ("listens", -32600),
        ("no tool", -32602),
    ] {
        assert_eq!(answer(&answers, id)["error"]["code"], json!(code), "{id}");
    }
    for id in ["says", "listens"] {
        let message = &answer(&answers, id)["error"]["message"];
        assert!(message.as_str().unwrap().contains("2025-03-26 only"), "{message}");
    }
    for id in ["no text", "wrong text"] {
        assert_eq!(answer(&answers, id)["result"]["isError"], json!(true), "{id}");
    }
    assert_eq!(answer(&answers, "right")["result"]["content"][0]["text"], json!("4"));
    assert_eq!(answer(&answers, "ping")["result"], json!({}));
    assert_eq!(answers.len(), 7 + 8 + 2 + 2);
}

#[tokio::test]
async fn text_that_is_no_json_or_ambiguous_is_refused_as_a_whole() {
    let router = router();
    let id = open_session(&router, REVISION).await;
    for (text, code) in [
        ("[", -32700),
        ("[{}", -32700),
        ("[{},]", -32700),
        (r#"[{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}]"#, -32600),
    ] {
        let reply = batch(&id, json!([])).text(text).send(&router).await;
        assert_eq!((reply.status, reply.code()), (400, code), "{text}");
    }
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(batch(&id, json!([])).text(deep).send(&router).await.code(), -32700);
}

#[tokio::test]
async fn calls_that_speak_share_one_stream_with_every_response() {
    let router = router();
    let id = open_session(&router, REVISION).await;
    let items = json!([ping("p"), call(1, "speaks", json!({})), note(), call("1", "speaks", json!({}))]);
    let mut stream = Stream::open(&router, &batch(&id, items)).await;
    let events = stream.rest().await;
    assert!(
        events.iter().enumerate().all(|(at, event)| event.place() == Some((1, at as u64 + 1))),
        "{events:?}"
    );
    let messages: Vec<_> = events.iter().filter_map(Event::message).collect();
    assert_eq!(answer(&messages, "p")["result"], json!({}));
    for id in [json!(1), json!("1")] {
        assert_eq!(answer(&messages, id)["result"]["content"][0]["text"], json!("spoken"));
    }
    let said: Vec<_> = messages.iter().filter_map(|message| message["params"]["data"].as_i64()).collect();
    assert_eq!((said.len(), said.iter().sum::<i64>(), messages.len()), (4, 6, 7));
    // And it can be taken up again, from anywhere.
    for (at, event) in events.iter().enumerate() {
        let draft = Draft::listen(&id).of(REVISION).after(event.id.as_ref().unwrap());
        assert_eq!(Stream::open(&router, &draft).await.rest().await, events[at + 1..]);
    }
}

#[tokio::test]
async fn a_lost_batch_is_answered_when_its_client_comes_back() {
    let running = Running::default();
    let router = server(&running).build().unwrap().router();
    let id = open_session(&router, REVISION).await;
    let items = json!([call(1, "endless", json!({ "speaks": true })), call(2, "endless", json!({}))]);
    let mut stream = Stream::open(&router, &batch(&id, items)).await;
    let first = stream.soon().await.id.unwrap();
    drop(stream);
    running.have_begun(2).await;
    running.finish();
    running.finish();
    let mut again = Stream::open(&router, &Draft::listen(&id).of(REVISION).after(&first)).await;
    let messages: Vec<_> = again.rest().await.iter().filter_map(Event::message).collect();
    for id in [1, 2] {
        assert_eq!(answer(&messages, id)["result"]["content"][0]["text"], json!("finished"));
    }
}

#[tokio::test]
async fn tr_8_other_revisions_and_no_session_take_one_message() {
    let router = router();
    for revision in ["2024-11-05", "2025-06-18", "2025-11-25"] {
        let id = open_session(&router, revision).await;
        for items in [json!([ping(1)]), json!([ping(1), ping(2)]), json!([])] {
            let reply = batch(&id, items).of(revision).send(&router).await;
            assert_eq!((reply.status, reply.code()), (400, -32600), "{revision}");
        }
    }
    let old = open_session(&router, REVISION).await;
    let items = json!([ping(1)]);
    let reply = batch(&old, items.clone()).without("mcp-session-id").send(&router).await;
    assert_eq!((reply.status, reply.code()), (400, -32600));
    assert_eq!(batch("unknown", items.clone()).send(&router).await.status, 404);
    for version in [MODERN, "latest"] {
        let reply = batch(&old, items.clone()).header("mcp-protocol-version", version).send(&router).await;
        assert_eq!((reply.status, reply.code()), (400, -32600), "{version}");
    }
    let initialize = batch(&old, json!([Draft::initialize(REVISION).body])).without("mcp-session-id");
    assert_eq!(initialize.send(&router).await.status, 400, "a session begins with one message");
}
