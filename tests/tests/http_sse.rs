//! HTTP with SSE, the transport of revision 2024-11-05: a stream for everything, and an address for messages.

use std::time::Duration;

use axum::Router;
use http::Method;
use http_body_util::BodyExt;
use mcp_server::{Invocation, List, McpServer, Resource, Server, Tool, ToolResult};
use mcp_tests::{
    eventually::quiet,
    lines::cancelled,
    raw::{Live, SOON, status},
    running::{AT_ONCE, Running},
    sse::{Stream, respond},
    wire::{Draft, LEGACY, MODERN, Reply, open_session},
};
use serde_json::{Value, json};
use tokio::{
    task::JoinSet,
    time::{Instant, timeout},
};

const REVISION: &str = "2024-11-05";

fn described(running: &Running) -> McpServer {
    let large =
        Tool::new("large", "Says much.", |_: Invocation| async { Ok(ToolResult::text("x".repeat(200_000))) });
    let note =
        Resource::new("note://{id}", "note", "A note.", |_: Invocation| async { Ok(Some("x".to_owned())) });
    McpServer::new("old").tool(large).tool(running.tool()).resource(note).legacy_sse(true)
}

fn server() -> Server {
    described(&Running::default()).build().unwrap()
}

/// The request that opens a stream.
fn open_at(target: &str) -> Draft {
    let mut draft = Draft::listen("").without("mcp-session-id").without("mcp-protocol-version");
    target.clone_into(&mut draft.target);
    draft
}

/// A message for this address.
fn post(address: &str, message: Value) -> Draft {
    let mut draft = Draft::post(message).header("accept", "*/*");
    address.clone_into(&mut draft.target);
    draft
}

fn ping(id: impl Into<Value>) -> Value {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": "ping" })
}

/// A client with its stream.
struct Old {
    router: Router,
    stream: Stream,
    address: String,
}

impl Old {
    async fn connect(router: &Router) -> Self {
        let mut stream = Stream::open(router, &open_at("/sse")).await;
        let first = stream.soon().await;
        assert_eq!((first.name.as_deref(), &first.id, first.retry), (Some("endpoint"), &None, None));
        Self { router: router.clone(), stream, address: first.data.unwrap() }
    }

    async fn initialized(router: &Router) -> Self {
        let mut old = Self::connect(router).await;
        old.send(Draft::initialize(REVISION).body).await;
        assert_eq!(old.next().await["result"]["protocolVersion"], json!(REVISION));
        old.send(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        old
    }

    async fn send(&self, message: Value) {
        let reply = post(&self.address, message).send(&self.router).await;
        assert_eq!((reply.status, reply.body.len()), (202, 0));
    }

    /// The next message; each is an event of that name, without an id.
    async fn next(&mut self) -> Value {
        let event = self.stream.soon().await;
        assert_eq!((event.name.as_deref(), &event.id, event.retry), (Some("message"), &None, None));
        event.message().unwrap()
    }

    /// Whether nothing is said, though everything that goes on by itself has. The time is to be paused.
    async fn is_silent(&mut self) -> bool {
        quiet().await;
        timeout(Duration::from_millis(30), self.stream.next()).await.is_err()
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_begins_with_a_relative_address_of_its_own() {
    let server = server();
    let router = server.router();
    let (mut first, second) = (Old::connect(&router).await, Old::connect(&router).await);
    assert_eq!(first.stream.headers["x-accel-buffering"], "no");
    assert_eq!(first.stream.headers["cache-control"], "no-cache");
    assert!(first.stream.headers.get("mcp-session-id").is_none());
    for address in [&first.address, &second.address] {
        let secret = address.strip_prefix("/messages?sessionId=").unwrap_or_else(|| panic!("{address}"));
        assert_eq!(secret.len(), 43, "32 bytes as base64url");
        assert!(secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    }
    assert_ne!(first.address, second.address);
    assert!(first.is_silent().await, "and then nothing until somebody asks");
    assert_eq!(server.sessions(), 0, "it is no session of the other transport");
}

#[tokio::test(start_paused = true)]
async fn a_client_of_2024_is_served() {
    let server = server();
    let router = server.router();
    let mut old = Old::initialized(&router).await;
    old.send(ping("p")).await;
    assert_eq!(old.next().await, json!({ "jsonrpc": "2.0", "id": "p", "result": {} }));
    old.send(json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" })).await;
    let listed = old.next().await;
    assert_eq!(listed["result"]["tools"].as_array().unwrap().len(), 2);
    assert_eq!(listed["result"].get("resultType"), None);
    old.send(json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": { "name": "large" } }))
        .await;
    assert_eq!(old.next().await["result"]["content"][0]["text"].as_str().unwrap().len(), 200_000);
    let subscribe = json!({ "uri": "note://a" });
    old.send(json!({ "jsonrpc": "2.0", "id": 3, "method": "resources/subscribe", "params": subscribe }))
        .await;
    assert_eq!(old.next().await["result"], json!({}));
    server.catalog().resource_updated("note://b");
    server.catalog().resource_updated("note://a");
    server.catalog().list_changed(List::Tools);
    assert_eq!(old.next().await["params"], json!({ "uri": "note://a" }));
    assert_eq!(old.next().await["method"], json!("notifications/tools/list_changed"));
    for (message, code) in [
        (json!({ "jsonrpc": "2.0", "id": 4, "method": "no/such" }), -32601),
        (Draft::initialize(REVISION).id(4).body, -32600),
        (Draft::modern("tools/list", json!({})).id(4).body, -32600),
        (Draft::modern("subscriptions/listen", json!({ "notifications": {} })).id(4).body, -32600),
    ] {
        old.send(message).await;
        let answer = old.next().await;
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(4), &json!(code)), "{answer}");
        let text = answer["error"]["message"].as_str().unwrap().to_lowercase();
        assert!(!text.contains("mcp-session-id"), "a client without that header isn't told of it: {text}");
    }
    for array in [json!([]), json!([ping(5)])] {
        let reply = post(&old.address, array).send(&router).await;
        assert_eq!((reply.status, reply.code()), (400, -32600), "2024 knows no arrays");
    }
    assert!(old.is_silent().await);
}

#[tokio::test]
async fn many_requests_are_answered_each_once() {
    let mut old = Old::initialized(&server().router()).await;
    for id in 0..300 {
        old.send(ping(id)).await;
        assert_eq!(old.next().await["id"], json!(id));
    }
    // More than wait to be written: messages wait until somebody reads.
    let (router, address) = (old.router.clone(), old.address.clone());
    let sending = tokio::spawn(async move {
        for id in 0..300 {
            assert_eq!(post(&address, ping(id)).send(&router).await.status, 202);
        }
    });
    for id in 0..300 {
        assert_eq!(old.next().await["id"], json!(id));
    }
    sending.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_message_for_nobody_is_404_and_one_without_an_address_400() {
    let router = server().router();
    let mut old = Old::initialized(&router).await;
    for address in ["/messages", "/messages?", "/messages?session=x", "/messages?sessionid=x", "/messages?x"]
    {
        let reply = post(address, ping(1)).send(&router).await;
        assert_eq!((reply.status, reply.code()), (400, -32600), "{address}");
    }
    let half = &old.address[..old.address.len() - 1];
    for address in [
        "/messages?sessionId=",
        "/messages?sessionId=x",
        half,
        &format!("{}x", old.address),
        &old.address.to_uppercase().replace("/MESSAGES?SESSIONID", "/messages?sessionId"),
        &format!("/messages?sessionId=x&{}", &old.address["/messages?".len()..]),
    ] {
        let reply = post(address, ping(1)).send(&router).await;
        assert_eq!((reply.status, reply.code()), (404, -32600), "{address}");
    }
    let session = open_session(&router, LEGACY).await;
    let address = format!("/messages?sessionId={session}");
    assert_eq!(post(&address, ping(1)).send(&router).await.status, 404, "a session has another transport");
    let crossed = Draft::legacy(&old.address["/messages?sessionId=".len()..], "ping", json!({}));
    assert_eq!(crossed.send(&router).await.status, 404, "and the other way round");
    assert!(old.is_silent().await);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_message_is_refused_where_it_was_sent() {
    let router = described(&Running::default()).max_body(1_000).build().unwrap().router();
    let mut old = Old::initialized(&router).await;
    for (text, code) in [("", -32700), ("{", -32700), ("7", -32600), ("{}", -32600)] {
        let reply = post(&old.address, json!({})).text(text).send(&router).await;
        assert_eq!((reply.status, reply.code()), (400, code), "{text}");
    }
    let large = post(&old.address, ping("x".repeat(1_000)));
    assert_eq!(large.send(&router).await.status, 413);
    for kind in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let simple = post(&old.address, ping(1)).header("content-type", kind);
        assert_eq!(simple.send(&router).await.status, 415, "{kind}");
    }
    assert_eq!(post(&old.address, ping(1)).without("content-type").send(&router).await.status, 415);
    for target in ["/sse", "/mcp"] {
        let json = open_at(target).header("accept", "application/json");
        assert_eq!(json.send(&router).await.status, 406, "{target}");
    }
    assert!(old.is_silent().await);
}

#[tokio::test]
async fn tr_16_it_is_off_until_it_is_switched_on() {
    let off = McpServer::new("off").tool(Running::default().tool()).build().unwrap();
    let live = Live::start(off.clone()).await;
    for (draft, code) in [
        (open_at("/sse"), 404),
        (post("/messages?sessionId=x", ping(1)), 404),
        (post("/sse", ping(1)), 404),
        (open_at("/mcp"), 400),
    ] {
        let mut connection = live.connect().await;
        connection.send(&draft).await;
        let text = connection.read_until(|text| text.contains("}}")).await;
        assert_eq!(status(&text), code, "{text}");
    }
}

#[tokio::test]
async fn a_get_of_the_mcp_endpoint_opens_it_too() {
    let router = server().router();
    let mut stream = Stream::open(&router, &open_at("/mcp")).await;
    let first = stream.soon().await;
    assert_eq!(first.name.as_deref(), Some("endpoint"));
    let reply = post(&first.data.unwrap(), Draft::initialize(REVISION).body).send(&router).await;
    assert_eq!(reply.status, 202);
    assert_eq!(stream.message().await["result"]["protocolVersion"], json!(REVISION));
    let session = open_session(&router, LEGACY).await;
    let mut own = Stream::open(&router, &Draft::listen(&session)).await;
    assert_eq!(own.soon().await.id.as_deref(), Some("0-0"), "a session's is the session's");
    assert_eq!(Draft::listen("unknown").send(&router).await.status, 404);
    assert_eq!(
        open_at("/mcp").of(LEGACY).send(&router).await.status,
        400,
        "who says its revision knows better"
    );
    assert_eq!(open_at("/mcp").of(MODERN).send(&router).await.status, 405);
}

#[tokio::test(start_paused = true)]
async fn tr_1_tr_2_foreign_hosts_and_pages_are_refused_at_both_ends() {
    let router = server().router();
    let mut old = Old::initialized(&router).await;
    for draft in [open_at("/sse"), open_at("/mcp"), post(&old.address, ping(1))] {
        for method in [draft.method.clone(), Method::PUT, Method::OPTIONS, Method::DELETE] {
            let draft = draft.clone().method(method.clone());
            for host in ["evil.example", "127.0.0.1.evil.example"] {
                let reply = draft.clone().header("host", host).send(&router).await;
                assert_eq!(reply.status, 403, "{method} {} {host}", draft.target);
            }
            for origin in ["http://evil.example", "null", "http://localhost.evil.example"] {
                let reply = draft.clone().header("origin", origin).send(&router).await;
                assert_eq!(reply.status, 403, "{method} {} {origin}", draft.target);
            }
            assert_eq!(draft.clone().without("host").send(&router).await.status, 400);
            assert_eq!(draft.clone().and_header("host", "localhost").send(&router).await.status, 400);
        }
    }
    let page = open_at("/sse").header("origin", "http://localhost:3000");
    Stream::open(&router, &page).await;
    for (draft, allow) in [(open_at("/sse"), "GET"), (post(&old.address, ping(1)), "POST")] {
        for method in [Method::PUT, Method::DELETE, Method::PATCH] {
            let reply = draft.clone().method(method).send(&router).await;
            assert_eq!((reply.status, reply.header("allow")), (405, allow));
        }
    }
    assert!(old.is_silent().await, "nothing of this has reached it");
}

#[tokio::test]
async fn tr_16_connections_are_capped_and_come_back() {
    let server = described(&Running::default()).max_subscriptions(3, 1).build().unwrap();
    let router = server.router();
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(Old::connect(&router).await);
    }
    for target in ["/sse", "/mcp", "/sse"] {
        let response = respond(&router, &open_at(target)).await;
        assert_eq!(response.status(), 503, "{target}");
        assert_eq!(response.headers()["retry-after"], "1");
    }
    let address = open.pop().unwrap().address;
    assert_eq!(post(&address, ping(1)).send(&router).await.status, 404, "it has ended with its stream");
    let mut next = Old::initialized(&router).await;
    next.send(ping(1)).await;
    assert_eq!(next.next().await["id"], json!(1));
    for mut old in open {
        old.send(ping(2)).await;
        old.next().await;
    }
    for _ in 0..1_000 {
        drop(next);
        next = Old::connect(&router).await;
    }
}

#[tokio::test(start_paused = true)]
async fn tr_15_clients_with_the_same_ids_hear_their_own_only() {
    let running = Running::default();
    let router = described(&running).build().unwrap().router();
    let mut clients = Vec::new();
    for _ in 0..5 {
        clients.push(Old::initialized(&router).await);
    }
    for (n, old) in clients.iter().enumerate() {
        let params = json!({ "name": "endless", "arguments": { "speaks": true } });
        old.send(json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params })).await;
        running.have_begun(n + 1).await;
    }
    for old in &mut clients {
        assert_eq!(old.next().await["params"]["data"], json!("begun"));
    }
    clients[0].send(cancelled(1)).await;
    running.end_at_once(1, "its own").await;
    running.go_on(4, "and nobody else's").await;
    for _ in 1..5 {
        running.finish();
    }
    for old in &mut clients[1..] {
        assert_eq!(old.next().await["id"], json!(1));
        assert!(old.is_silent().await, "one answer");
    }
    assert!(clients[0].is_silent().await, "no answer to what was cancelled");
}

#[tokio::test]
async fn everything_ends_with_the_stream() {
    let running = Running::default();
    let server = described(&running).build().unwrap();
    let router = server.router();
    let live = Live::start(server.clone()).await;
    let mut connection = live.connect().await;
    connection.send(&open_at("/sse")).await;
    let text = connection.read_until(|text| text.contains("\n\n\r\n") && text.contains("sessionId")).await;
    let address = text.split("data: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    for message in [Draft::initialize(REVISION).body, {
        let params = json!({ "name": "endless", "arguments": {} });
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params })
    }] {
        assert_eq!(post(&address, message).send(&router).await.status, 202);
    }
    running.have_begun(1).await;
    drop(connection);
    running.end_at_once(1, "its client has gone").await;
    let gone = async {
        while post(&address, ping(1)).send(&router).await.status != 404 {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, gone).await.expect("its address too");
    let mut old = Old::initialized(&router).await;
    server.stop();
    assert_eq!(timeout(AT_ONCE, old.stream.rest()).await.expect("an end"), [], "a server that stops ends it");
    let reply: Reply = post(&old.address, ping(1)).send(&router).await;
    assert!(matches!(reply.status, 202 | 404));
}

#[tokio::test]
async fn tr_12_a_client_that_does_not_read_is_cut() {
    let running = Running::default();
    let server = described(&running).write_timeout(Duration::from_millis(300)).max_subscriptions(1, 1);
    let server = server.build().unwrap();
    let router = server.router();
    let live = Live::start(server).await;
    let mut deaf = live.connect().await;
    deaf.send(&open_at("/sse")).await;
    let text = deaf.read_until(|text| text.contains("\n\n\r\n") && text.contains("sessionId")).await;
    let address = text.split("data: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    post(&address, Draft::initialize(REVISION).body).send(&router).await;
    let talk = async {
        loop {
            let call =
                json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "large" } });
            if timeout(SOON, post(&address, call).send(&router)).await.expect("an answer").status == 404 {
                return;
            }
        }
    };
    timeout(SOON, talk).await.expect("it is cut, and its address is gone");
    let response = respond(&router, &open_at("/sse")).await;
    assert_eq!(response.status(), 200, "its place is free");
    drop(deaf);
}

fn large(id: usize) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": { "name": "large" } })
}

/// A client whose stream is full: nobody reads it. How many calls that took.
async fn full(router: &Router) -> (Old, usize) {
    let old = Old::initialized(router).await;
    for id in 0.. {
        let reply = post(&old.address, large(id)).send(router).await;
        if reply.status != 202 {
            assert_eq!((reply.status, reply.header("retry-after"), reply.code()), (503, "1", -32600));
            return (old, id);
        }
        // The call's task comes to its end.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    unreachable!()
}

#[tokio::test(start_paused = true)]
async fn tr_12_what_nobody_reads_is_bounded_in_bytes() {
    let router = server().router();
    let (mut old, calls) = full(&router).await;
    assert!((15..25).contains(&calls), "4 MiB of 200 kB each, and one that waits: {calls}");
    for id in 0..calls {
        assert_eq!(old.next().await["id"], json!(id), "what was taken is answered");
    }
    old.send(ping("p")).await;
    assert_eq!(old.next().await["id"], json!("p"), "and there is room again");
}

#[tokio::test(start_paused = true)]
async fn tr_9_who_waits_for_a_full_stream_takes_no_memory_from_others() {
    let router = server().router();
    let (old, _) = full(&router).await;
    let padded = format!("{}{}", ping(1), " ".repeat(3_000_000));
    let began = Instant::now();
    let mut sent = JoinSet::new();
    for _ in 0..8 {
        let (router, padded) = (router.clone(), post(&old.address, json!({})).text(padded.clone()));
        sent.spawn(async move { (padded.send(&router).await.status, began.elapsed().as_secs()) });
    }
    let mut refused = sent.join_all().await;
    refused.sort_unstable();
    assert_eq!(refused, [[(503, 0); 6].as_slice(), &[(503, 1); 2]].concat(), "8 MiB wait, for a second");
    old.send(cancelled(7)).await;
    assert_eq!(began.elapsed().as_secs(), 1, "what asks for nothing doesn't wait");
}

#[tokio::test]
async fn tr_12_a_stream_is_written_in_pieces() {
    let router = server().router();
    let response = respond(&router, &open_at("/sse")).await;
    let mut body = response.into_body();
    let mut next = async || body.frame().await.unwrap().unwrap().into_data().unwrap();
    let first = String::from_utf8(next().await.to_vec()).unwrap();
    let address = first.lines().nth(1).unwrap().strip_prefix("data: ").unwrap();
    post(address, Draft::initialize(REVISION).body).send(&router).await;
    for id in 0..10 {
        assert_eq!(post(address, large(id)).send(&router).await.status, 202);
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut written = 0;
    while written < 2_000_000 {
        let piece = next().await.len();
        assert!(piece < 300_000, "{piece}: a piece ends with the message that makes it large");
        written += piece;
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_is_kept_alive_by_comments() {
    let mut old = Old::initialized(&server().router()).await;
    let silence = timeout(Duration::from_secs(46), old.stream.next()).await;
    assert!(silence.is_err(), "{silence:?}");
    assert_eq!(old.stream.comments(), 3);
}
