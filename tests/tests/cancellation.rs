//! A call that nobody wants any more stops at once, lets go of what it holds, and is not answered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::Router;
use http::Method;
use mcp_server::{Ctx, FromCall, Invocation, Level, McpServer, Server, Tool, ToolResult};
use mcp_tests::{
    eventually::quiet,
    lines::{Lines, cancelled},
    raw::{Live, SOON},
    running::{AT_ONCE, Running},
    sse::{Stream, respond},
    wire::{Draft, LEGACY, Reply, open_session},
};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

fn server() -> (Server, Running) {
    let running = Running::default();
    let short = Tool::new("short", "Ends by itself.", |_: Invocation| async {
        sleep(Duration::from_millis(10)).await;
        Ok(ToolResult::text("done"))
    });
    let server = McpServer::new("cancelled").tool(running.tool()).tool(short).legacy_sse(true);
    (server.build().unwrap(), running)
}

fn params(speaks: bool) -> Value {
    json!({ "name": "endless", "arguments": { "speaks": speaks } })
}

fn legacy(session: &str, id: impl Into<Value>, speaks: bool) -> Draft {
    Draft::legacy(session, "tools/call", params(speaks)).id(id)
}

fn modern(id: impl Into<Value>, speaks: bool) -> Draft {
    Draft::modern("tools/call", params(speaks)).meta("logLevel", json!("error")).id(id)
}

/// A notification that cancels a request of this session's.
async fn cancel(router: &Router, session: &str, id: impl Into<Value>) {
    let draft = Draft::legacy(session, "", json!({})).body(|body| *body = cancelled(id));
    let reply = draft.send(router).await;
    assert_eq!((reply.status, reply.body.len()), (202, 0));
}

#[tokio::test]
async fn tr_12_a_modern_call_ends_with_its_connection() {
    for speaks in [false, true] {
        let (server, running) = server();
        let live = Live::start(server).await;
        let mut connection = live.connect().await;
        connection.send(&modern(1, speaks)).await;
        running.have_begun(1).await;
        if speaks {
            connection.read_until(|text| text.contains("begun")).await;
        }
        drop(connection);
        running.end_at_once(1, &format!("speaks: {speaks}")).await;
    }
}

#[tokio::test]
async fn a_modern_call_over_http_is_not_cancelled_by_notification() {
    let (server, running) = server();
    let router = server.router();
    let mut stream = Stream::open(&router, &modern(1, true)).await;
    stream.message().await;
    let note = Draft::modern("notifications/cancelled", json!({ "requestId": 1 })).notification();
    assert_eq!(note.send(&router).await.status, 202);
    running.finish();
    assert_eq!(stream.message().await["result"]["content"][0]["text"], json!("finished"));
}

#[tokio::test]
async fn a_session_cancels_a_call_that_has_no_stream_yet() {
    for revision in ["2025-11-25", "2025-06-18", "2025-03-26"] {
        let (server, running) = server();
        let router = server.router();
        let id = open_session(&router, revision).await;
        let draft = legacy(&id, "a", false).of(revision);
        let waiting = tokio::spawn({
            let router = router.clone();
            async move { draft.send(&router).await }
        });
        running.have_begun(1).await;
        cancel(&router, &id, "a").await;
        running.end_at_once(1, revision).await;
        let reply = timeout(AT_ONCE, waiting).await.expect("an end").unwrap();
        assert_eq!(reply.body.len(), 0, "no response: {reply:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_cancels_a_call_on_its_stream_read_or_not() {
    for is_read in [true, false] {
        let (server, running) = server();
        let router = server.router();
        let id = open_session(&router, LEGACY).await;
        let mut stream = Some(Stream::open(&router, &legacy(&id, 7, true)).await);
        stream.as_mut().unwrap().message().await;
        if !is_read {
            stream = None;
        }
        for other in [json!("7"), json!(8), json!(null), json!([7]), json!(7.0), json!({})] {
            cancel(&router, &id, other).await;
        }
        let elsewhere = open_session(&router, LEGACY).await;
        cancel(&router, &elsewhere, 7).await;
        running.go_on(1, "somebody else's, or nothing's").await;
        cancel(&router, &id, 7).await;
        running.end_at_once(1, "cancelled").await;
        cancel(&router, &id, 7).await;
        if let Some(mut stream) = stream {
            assert_eq!(timeout(AT_ONCE, stream.rest()).await.expect("an end"), [], "no response");
        }
        let mut again = Stream::open(&router, &Draft::listen(&id).after("1-1")).await;
        assert_eq!(timeout(AT_ONCE, again.rest()).await.expect("an end"), [], "nor later");
    }
}

/// There is one thread: nothing is driven on between the two.
#[tokio::test]
async fn a_call_that_could_be_done_when_it_is_cancelled_is_not_answered() {
    let (server, running) = server();
    let router = server.router();
    let id = open_session(&router, LEGACY).await;
    let mut stream = Stream::open(&router, &legacy(&id, 1, true)).await;
    stream.message().await;
    running.finish();
    cancel(&router, &id, 1).await;
    assert_eq!(stream.rest().await, []);
}

#[tokio::test]
async fn calls_of_one_id_end_with_their_session_all_of_them() {
    for how in ["cancelled", "deleted"] {
        let (server, running) = server();
        let router = server.router();
        let id = open_session(&router, LEGACY).await;
        let mut streams = Vec::new();
        for count in 1..=3 {
            streams.push(Stream::open(&router, &legacy(&id, 1, true)).await);
            running.have_begun(count).await;
        }
        // One more ends by itself: what it strikes off the list has to be itself.
        let short = Draft::legacy(&id, "tools/call", json!({ "name": "short" })).id(1);
        assert_eq!(short.send(&router).await.text(), "done");
        if how == "cancelled" {
            cancel(&router, &id, 1).await;
        } else {
            let delete = Draft::listen(&id).method(Method::DELETE);
            assert_eq!(delete.send(&router).await.status, 204);
        }
        running.end_at_once(3, how).await;
    }
}

/// A tool that says more than anybody reads.
fn floods(running: &Running) -> Server {
    let held = running.clone();
    let floods = Tool::new("floods", "Says more than anybody reads.", move |call: Invocation| {
        let held = held.hold();
        async move {
            let ctx = Ctx::from_call(&call.call)?;
            let _until_it_ends = held;
            loop {
                ctx.log(Level::Error, "x").await;
            }
            #[allow(unreachable_code)]
            Ok(ToolResult::default())
        }
    });
    McpServer::new("floods").tool(floods).legacy_sse(true).build().unwrap()
}

/// A client that is far behind holds its call up; it can cancel it all the same.
#[tokio::test(start_paused = true)]
async fn a_call_whose_client_does_not_read_is_cancelled_too() {
    let running = Running::default();
    let router = floods(&running).router();
    let id = open_session(&router, LEGACY).await;
    for (n, how) in ["cancelled", "deleted"].into_iter().enumerate() {
        let call = Draft::legacy(&id, "tools/call", json!({ "name": "floods" })).id(n);
        let mut stream = Stream::open(&router, &call).await;
        stream.message().await;
        quiet().await;
        if how == "cancelled" {
            cancel(&router, &id, n).await;
        } else {
            assert_eq!(Draft::listen(&id).method(Method::DELETE).send(&router).await.status, 204);
        }
        running.end_at_once(n + 1, how).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_client_does_not_read_its_lines_is_cancelled_too() {
    for is_modern in [false, true] {
        let running = Running::default();
        let mut lines = Lines::with_pipes_of(&floods(&running), 100);
        let params = json!({ "name": "floods", "arguments": {} });
        let call = if is_modern {
            Draft::modern("tools/call", params).meta("logLevel", json!("debug")).id(7).body
        } else {
            lines.initialize(LEGACY).await;
            Draft::legacy("", "tools/call", params).id(7).body
        };
        lines.send(&call).await;
        running.have_begun(1).await;
        quiet().await;
        lines.cancel(7).await;
        running.end_at_once(1, "cancelled").await;
        let rest = lines.close().await;
        assert!(rest.len() < 100, "what waited to be written, and nothing more: {}", rest.len());
        assert!(rest.iter().all(|message| message.get("id").is_none()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_of_2024_whose_client_does_not_read_is_cancelled_too() {
    let running = Running::default();
    let router = floods(&running).router();
    let (stream, post) = old(&router).await;
    let send = async |message: Value| post.clone().body(|body| *body = message).send(&router).await.status;
    let params = json!({ "name": "floods", "arguments": {} });
    assert_eq!(send(Draft::legacy("", "tools/call", params).id(7).body).await, 202);
    running.have_begun(1).await;
    quiet().await;
    assert_eq!(send(cancelled(7)).await, 202);
    running.end_at_once(1, "cancelled").await;
    drop(stream);
}

/// A function that first computes, until the test has done something.
fn computes(go_on: &Arc<AtomicBool>, running: &Running) -> McpServer {
    let (go_on, begun) = (Arc::clone(go_on), Arc::new(AtomicBool::new(false)));
    let endless = running.clone();
    let computes = Tool::new("computes", "Computes, then waits.", move |call: Invocation| {
        let (go_on, begun, endless) = (Arc::clone(&go_on), Arc::clone(&begun), endless.clone());
        async move {
            begun.store(true, Ordering::SeqCst);
            let held = endless.hold();
            while !go_on.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(1));
            }
            Ctx::from_call(&call.call)?.cancelled().await;
            drop(held);
            std::future::pending().await
        }
    });
    let idle = Tool::new("idle", "Nothing.", |_: Invocation| async { Ok(ToolResult::text("x")) });
    McpServer::new("computes").tool(computes).tool(idle)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_call_that_computes_while_its_session_ends_is_stopped_when_it_waits() {
    let (go_on, running) = (Arc::new(AtomicBool::new(false)), Running::default());
    let router = computes(&go_on, &running).build().unwrap().router();
    let id = open_session(&router, LEGACY).await;
    let call = Draft::legacy(&id, "tools/call", json!({ "name": "computes" }));
    let waiting = tokio::spawn({
        let router = router.clone();
        async move { call.send(&router).await }
    });
    running.have_begun(1).await;
    assert_eq!(Draft::listen(&id).method(Method::DELETE).send(&router).await.status, 204);
    go_on.store(true, Ordering::SeqCst);
    running.end_at_once(1, "its session has ended").await;
    let reply = timeout(SOON, waiting).await.expect("an end").unwrap();
    assert_eq!(reply.body.len(), 0, "{reply:?}");
}

/// A stream of 2024's transport, and the address for messages.
async fn old(router: &Router) -> (Stream, Draft) {
    let mut draft = Draft::listen("").without("mcp-session-id").without("mcp-protocol-version");
    "/sse".clone_into(&mut draft.target);
    let mut stream = Stream::open(router, &draft).await;
    let mut post = Draft::post(json!({}));
    post.target = stream.soon().await.data.unwrap();
    post.clone().body(|body| *body = Draft::initialize("2024-11-05").body).send(router).await;
    assert_eq!(stream.message().await["result"]["protocolVersion"], json!("2024-11-05"));
    (stream, post)
}

#[tokio::test(start_paused = true)]
async fn a_call_of_2024_ends_by_notification_and_with_its_stream() {
    for how in ["cancelled", "closed", "cancelled before it began"] {
        let (server, running) = server();
        let router = server.router();
        let (mut stream, post) = old(&router).await;
        let send = |message: Value| {
            let (post, router) = (post.clone().body(|body| *body = message), router.clone());
            async move { assert_eq!(post.send(&router).await.status, 202) }
        };
        send(legacy("", 5, false).body).await;
        if how == "cancelled before it began" {
            // Nothing has been driven on yet: there is one thread.
            send(cancelled(5)).await;
            send(json!({ "jsonrpc": "2.0", "id": 6, "method": "ping" })).await;
            assert_eq!(stream.message().await["id"], json!(6));
            assert!(timeout(AT_ONCE, stream.next()).await.is_err(), "no response");
            assert_eq!(running.begun(), running.ended(), "{how}");
            continue;
        }
        running.have_begun(1).await;
        match how {
            "cancelled" => send(cancelled(5)).await,
            _ => drop(stream),
        }
        running.end_at_once(1, how).await;
        if how == "closed" {
            let late = post.clone().body(|body| *body = cancelled(5)).send(&router).await;
            assert_eq!(late.status, 404);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_over_lines_is_cancelled_by_notification_in_both_eras() {
    for revision in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"] {
        for speaks in [false, true] {
            for id in [json!(3), json!("three")] {
                let (server, running) = server();
                let mut lines = Lines::start(&server);
                let call = if revision == "2026-07-28" {
                    modern(id.clone(), speaks).body
                } else {
                    lines.initialize(revision).await;
                    legacy("", id.clone(), speaks).body
                };
                lines.send(&call).await;
                running.have_begun(1).await;
                if speaks {
                    assert_eq!(lines.next().await["params"]["data"], json!("begun"), "{revision}");
                }
                lines.cancel("another").await;
                lines.cancel(id.clone()).await;
                running.end_at_once(1, revision).await;
                assert!(lines.is_silent(Duration::from_millis(20)).await, "{revision}: no response");
                assert!(lines.close().await.is_empty());
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_over_lines_is_cancelled_before_it_has_begun() {
    for revision in ["2025-11-25", "2026-07-28"] {
        let (server, running) = server();
        let mut lines = Lines::start(&server);
        let call = if revision == "2026-07-28" {
            modern(3, false).body
        } else {
            lines.initialize(revision).await;
            legacy("", 3, false).body
        };
        lines.write(format!("{call}\n{}\n", cancelled(3))).await;
        quiet().await;
        assert_eq!(running.begun(), running.ended(), "{revision}: it goes on");
        assert!(lines.is_silent(Duration::from_millis(20)).await, "{revision}: no response");
    }
}

#[tokio::test]
async fn calls_of_one_id_over_lines_are_cancelled_all_of_them() {
    for is_modern in [false, true] {
        let (server, running) = server();
        let mut lines = Lines::start(&server);
        lines.initialize(LEGACY).await;
        let call = if is_modern { modern(1, false).body } else { legacy("", 1, false).body };
        for count in 1..=3 {
            lines.send(&call).await;
            running.have_begun(count).await;
        }
        let short = json!({ "name": "short", "arguments": {} });
        let short = if is_modern {
            Draft::modern("tools/call", short)
        } else {
            Draft::legacy("", "tools/call", short)
        };
        lines.send(&short.id(1).body).await;
        assert_eq!(lines.next().await["id"], json!(1));
        lines.cancel(1).await;
        running.end_at_once(3, "all of that id").await;
    }
}

#[tokio::test]
async fn a_notification_is_read_however_many_calls_run() {
    for is_modern in [false, true] {
        let (server, running) = server();
        let mut lines = Lines::start(&server);
        lines.initialize(LEGACY).await;
        for id in 0..256 {
            let call = if is_modern { modern(id, false).body } else { legacy("", id, false).body };
            lines.send(&call).await;
        }
        running.have_begun(256).await;
        for id in 0..256 {
            lines.cancel(id).await;
        }
        running.end_at_once(256, "each of them").await;
        lines.send(&json!({ "jsonrpc": "2.0", "id": "p", "method": "ping" })).await;
        assert_eq!(lines.next().await["id"], json!("p"));
    }
}

/// A client that has gone, and a script that has said everything, look the same: calls have a moment to end.
#[tokio::test(start_paused = true)]
async fn a_call_over_lines_ends_a_moment_after_the_input() {
    for is_modern in [false, true] {
        let (server, running) = server();
        let mut lines = Lines::start(&server);
        lines.initialize(LEGACY).await;
        let call = if is_modern { modern(1, false).body } else { legacy("", 1, false).body };
        lines.send(&call).await;
        running.have_begun(1).await;
        lines.close_input();
        sleep(Duration::from_millis(1_900)).await;
        assert_eq!(running.ended(), 0, "a moment");
        sleep(Duration::from_millis(100)).await;
        running.end_at_once(1, "the input has ended").await;
        assert!(lines.rest().await.is_empty(), "no response");
    }
}

#[tokio::test]
async fn a_batched_call_is_cancelled_and_the_others_are_answered() {
    let (server, running) = server();
    let router = server.router();
    let id = open_session(&router, "2025-03-26").await;
    let calls = [legacy("", 1, false).body, legacy("", 2, false).body];
    let draft = Draft::legacy(&id, "", json!({})).of("2025-03-26").body(|body| *body = json!(calls));
    let mut stream = Stream::of(respond(&router, &draft).await);
    let reading = tokio::spawn(async move { stream.rest().await });
    running.have_begun(2).await;
    cancel(&router, &id, 1).await;
    running.end_at_once(1, "the one").await;
    running.finish();
    let events = timeout(SOON, reading).await.unwrap().unwrap();
    let ids: Vec<_> = events.iter().filter_map(|event| Some(event.message()?["id"].clone())).collect();
    assert_eq!(ids, [json!(2)]);
}

/// The call has not been driven on when the next message of the array is looked at.
#[tokio::test]
async fn a_batched_call_is_cancelled_by_the_same_batch() {
    let (server, running) = server();
    let router = server.router();
    let id = open_session(&router, "2025-03-26").await;
    let ping = json!({ "jsonrpc": "2.0", "id": 2, "method": "ping" });
    for items in [
        json!([legacy("", 1, true).body, cancelled(1)]),
        json!([legacy("", 1, false).body, cancelled(1), ping]),
    ] {
        let draft = Draft::legacy(&id, "", json!({})).of("2025-03-26").body(|body| *body = items.clone());
        let mut stream = Stream::of(timeout(SOON, respond(&router, &draft)).await.expect("a response"));
        let events = timeout(SOON, stream.rest()).await.unwrap_or_else(|_| panic!("it goes on: {items}"));
        let ids: Vec<_> = events.iter().filter_map(|event| Some(event.message()?["id"].clone())).collect();
        let expected = if items.as_array().unwrap().len() > 2 { vec![json!(2)] } else { Vec::new() };
        assert_eq!(ids, expected, "{items}");
        assert_eq!(running.begun(), running.ended(), "{items}");
    }
}

#[tokio::test]
async fn a_batch_over_lines_cancels_its_own_calls() {
    let (server, running) = server();
    let mut lines = Lines::start(&server);
    lines.initialize("2025-03-26").await;
    let ping = json!({ "jsonrpc": "2.0", "id": 2, "method": "ping" });
    lines.send(&json!([legacy("", 1, true).body, cancelled(1), ping])).await;
    let answers = timeout(SOON, lines.next()).await.expect("an answer");
    assert_eq!(answers, json!([{ "jsonrpc": "2.0", "id": 2, "result": {} }]));
    assert_eq!(running.begun(), running.ended());
}

#[tokio::test]
async fn a_client_that_loses_its_connection_cancels_nothing_in_a_session() {
    let running = Running::default();
    let server = McpServer::new("cancelled").tool(running.tool()).max_connections(1).build().unwrap();
    let router = server.router();
    let id = open_session(&router, LEGACY).await;
    let live = Live::start(server).await;
    for speaks in [false, true] {
        let mut connection = live.connect().await;
        connection.send(&legacy(&id, 1, speaks)).await;
        running.have_begun(1 + usize::from(speaks)).await;
        drop(connection);
    }
    // There is one place: whoever has it is answered when the one before has left it.
    let mut last = live.connect().await;
    last.send(&Draft::legacy(&id, "ping", json!({}))).await;
    last.read_until(|text| text.contains("result")).await;
    running.go_on(2, "in a session").await;
    cancel(&router, &id, 1).await;
    running.end_at_once(2, "also those that have lost their clients").await;
    let reply: Reply = Draft::legacy(&id, "ping", json!({})).send(&router).await;
    assert_eq!(reply.result(), json!({}));
}
