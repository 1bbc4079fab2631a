//! What a running call sends before its result, and what happens when its client leaves.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use axum::Router;
use http_body_util::BodyExt;
use mcp_server::{Ctx, FromCall, Invocation, Level, McpServer, State, Tool, ToolError, ToolResult, mcp_tool};
use mcp_tests::{
    raw::{Connection, Live, SOON},
    wire::{Draft, LEGACY, events, open_session},
};
use serde_json::{Value, json};
use tokio::{sync::Notify, time::timeout};
use tower::ServiceExt;

fn ctx(call: &Invocation) -> Result<Ctx, ToolError> {
    Ctx::from_call(&call.call)
}

fn pretty() -> Tool {
    Tool::new("pretty", "Gives back raw JSON of several lines.", |call: Invocation| async move {
        ctx(&call)?.progress(1.0).await;
        let raw = serde_json::value::RawValue::from_string("{\n\r\"a\":\n1}".to_owned())?;
        Ok(ToolResult::structured(&raw)?)
    })
}

fn spins() -> Tool {
    Tool::new(
        "spins",
        "Says things that nobody asked for, as fast as it can.",
        |call: Invocation| async move {
            let ctx = ctx(&call)?;
            let go_on = State::<Arc<AtomicBool>>::from_call(&call.call)?;
            while go_on.load(Ordering::Relaxed) {
                ctx.progress(1.0).await;
                ctx.log(Level::Debug, "x").await;
            }
            Ok(ToolResult::text("done"))
        },
    )
}

fn progress() -> Tool {
    Tool::new("progress", "Reports progress.", |call: Invocation| async move {
        let ctx = ctx(&call)?;
        for step in [0.0, 50.0, 50.0, 20.0, f64::NAN, 100.0] {
            ctx.progress(step).of(100.0).message("on it").await;
        }
        Ok(ToolResult::text("done"))
    })
}

fn chatty() -> Tool {
    Tool::new("chatty", "Logs.", |call: Invocation| async move {
        let ctx = ctx(&call)?;
        ctx.log(Level::Debug, "debug").await;
        ctx.log(Level::Warning, json!({"k": 1})).logger("part").await;
        Ok(ToolResult::text("done"))
    })
}

fn at_once() -> Tool {
    Tool::new("at_once", "Says much from another task, then ends at once.", |call: Invocation| async move {
        let ctx = ctx(&call)?;
        let other = tokio::spawn(async move {
            for n in 0..200 {
                ctx.log(Level::Error, n).await;
            }
        });
        other.await?;
        Ok(ToolResult::text("done"))
    })
}

fn floods() -> Tool {
    Tool::new("floods", "Says more than anybody reads.", |call: Invocation| async move {
        let ctx = ctx(&call)?;
        let probe = Arc::clone(&*State::<Arc<Probe>>::from_call(&call.call)?);
        let _guard = OnDrop(Arc::clone(&probe.dropped));
        loop {
            ctx.log(Level::Info, "x".repeat(10_000)).await;
        }
    })
}

/// Lets a function that computes go on.
type GoOn = Arc<Mutex<mpsc::Receiver<()>>>;

fn computes() -> Tool {
    Tool::new(
        "computes",
        "Says something, then computes without ever waiting.",
        |call: Invocation| async move {
            ctx(&call)?.progress(1.0).await;
            let go_on = State::<GoOn>::from_call(&call.call)?;
            let told = go_on.lock().unwrap().recv_timeout(SOON).is_ok();
            Ok(ToolResult::text(told.to_string()))
        },
    )
}

/// What a test sees of a function that never ends.
#[derive(Default)]
struct Probe {
    started: Notify,
    dropped: Arc<Dropped>,
    told: Notify,
    finish: Notify,
    finished: Notify,
}

#[derive(Default)]
struct Dropped(AtomicBool, Notify);

struct OnDrop(Arc<Dropped>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::SeqCst);
        self.0.1.notify_one();
    }
}

fn endless() -> Tool {
    Tool::new("endless", "Waits until the test lets it go.", |call: Invocation| async move {
        let ctx = ctx(&call)?;
        let probe = Arc::clone(&*State::<Arc<Probe>>::from_call(&call.call)?);
        let _guard = OnDrop(Arc::clone(&probe.dropped));
        let (watcher, told) = (ctx.clone(), Arc::clone(&probe));
        tokio::spawn(async move {
            watcher.cancelled().await;
            told.told.notify_one();
        });
        ctx.progress(1.0).await;
        probe.started.notify_one();
        probe.finish.notified().await;
        ctx.log(Level::Emergency, "nobody listens any more").await;
        probe.finished.notify_one();
        Ok(ToolResult::text("done"))
    })
}

fn server() -> (McpServer, Arc<Probe>) {
    let probe = Arc::new(Probe::default());
    let tools = [progress(), chatty(), at_once(), endless(), floods()];
    let server = tools.into_iter().fold(McpServer::new("streams").without("blocks"), McpServer::tool);
    (server.state(Arc::clone(&probe)), probe)
}

fn router() -> Router {
    server().0.build().unwrap().router()
}

fn methods(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["method"].as_str().unwrap_or("(response)")).collect()
}

#[tokio::test]
async fn progress_is_sent_to_whoever_asked_and_only_grows() {
    for token in [json!("abc"), json!(7)] {
        let reply =
            Draft::call("progress", json!({})).meta("progressToken", token.clone()).send(&router()).await;
        assert_eq!((reply.status, reply.header("x-accel-buffering")), (200, "no"));
        let events = reply.events();
        let (response, notes) = events.split_last().unwrap();
        let said: Vec<_> = notes.iter().map(|note| note["params"]["progress"].as_f64().unwrap()).collect();
        assert_eq!(said, [0.0, 50.0, 100.0]);
        assert_eq!(
            notes[0]["params"],
            json!({"progressToken": token, "progress": 0.0, "total": 100.0, "message": "on it"})
        );
        assert_eq!(response["result"]["content"][0]["text"], json!("done"));
    }
    let unasked = Draft::call("progress", json!({})).send(&router()).await;
    assert_eq!(unasked.text(), "done", "without a token the answer is JSON");
}

#[tokio::test]
async fn log_messages_are_sent_from_the_level_on_that_was_asked_for() {
    let at = |level: &str| Draft::call("chatty", json!({})).meta("logLevel", json!(level));
    assert_eq!(methods(&at("debug").send(&router()).await.events()).len(), 3);
    let events = at("warning").send(&router()).await.events();
    assert_eq!(methods(&events), ["notifications/message", "(response)"]);
    assert_eq!(events[0]["params"], json!({"level": "warning", "logger": "part", "data": {"k": 1}}));
    assert_eq!(at("error").send(&router()).await.text(), "done");
    assert_eq!(
        Draft::call("chatty", json!({})).send(&router()).await.text(),
        "done",
        "unasked, nothing is logged"
    );
    let wrong = at("loud").send(&router()).await;
    assert_eq!((wrong.status, wrong.code()), (400, -32602));
}

#[tokio::test]
async fn an_event_is_one_line_whatever_a_value_holds() {
    let router = McpServer::new("pretty").without("blocks").tool(pretty()).build().unwrap().router();
    let events =
        Draft::call("pretty", json!({})).meta("progressToken", json!(1)).send(&router).await.events();
    assert_eq!(events[1]["result"]["structuredContent"], json!({"a": 1}));
}

#[tokio::test]
async fn a_function_that_nobody_listens_to_lets_others_run() {
    let go_on = Arc::new(AtomicBool::new(true));
    let server =
        McpServer::new("spins").without("blocks").tool(spins()).state(Arc::clone(&go_on)).build().unwrap();
    let router = server.router();
    let draft = Draft::call("spins", json!({}));
    let stop = async {
        tokio::task::yield_now().await;
        go_on.store(false, Ordering::Relaxed);
    };
    // One thread: if the function never yields, nobody stops it.
    let (reply, ()) = tokio::join!(timeout(SOON, draft.send(&router)), stop);
    assert_eq!(reply.unwrap().text(), "done");
}

#[tokio::test]
async fn a_session_sets_its_own_level() {
    let router = router();
    let id = open_session(&router, LEGACY).await;
    let call = Draft::legacy(&id, "tools/call", json!({"name": "chatty"}));
    assert_eq!(methods(&call.send(&router).await.events()), ["notifications/message", "(response)"]);
    for (level, count) in [("debug", 3), ("info", 2), ("warning", 2)] {
        let set = Draft::legacy(&id, "logging/setLevel", json!({"level": level})).send(&router).await;
        assert_eq!(set.result(), json!({}));
        assert_eq!(call.send(&router).await.events().len(), count, "{level}");
    }
    Draft::legacy(&id, "logging/setLevel", json!({"level": "error"})).send(&router).await;
    assert_eq!(call.send(&router).await.text(), "done");
}

#[tokio::test]
async fn a_speaker_in_another_task_waits_for_room_and_nothing_is_lost() {
    let reply = Draft::call("at_once", json!({})).meta("logLevel", json!("error")).send(&router()).await;
    let events = reply.events();
    let said: Vec<_> = events[..200].iter().map(|event| event["params"]["data"].as_u64().unwrap()).collect();
    assert_eq!(said, (0..200).collect::<Vec<_>>());
    assert_eq!(events.len(), 201);
}

#[tokio::test]
async fn tr_12_a_client_that_leaves_cancels_its_call() {
    let another = "POST /mcp HTTP/1.1\r\nhost: localhost\r\n";
    for (token, sent_after, kind) in [
        (Some("t"), "", "a stream"),
        (None, "", "a response that has not begun"),
        (Some("t"), "\r\n", "a stream, with bytes that nobody has read"),
        (None, another, "a pipelined request"),
    ] {
        let (server, probe) = server();
        let live = Live::start(server.build().unwrap()).await;
        let mut connection = live.connect().await;
        let draft = Draft::call("endless", json!({}));
        let draft = match token {
            Some(token) => draft.meta("progressToken", json!(token)),
            None => draft,
        };
        connection.send(&draft).await;
        connection.write(sent_after).await;
        timeout(SOON, probe.started.notified()).await.expect("the function starts");
        drop(connection);
        timeout(Duration::from_secs(1), probe.dropped.1.notified())
            .await
            .unwrap_or_else(|_| panic!("{kind}"));
        timeout(SOON, probe.told.notified())
            .await
            .expect("`cancelled` resolves for what the function started");
    }
}

#[tokio::test]
async fn tr_12_a_client_that_does_not_read_is_cut() {
    let (server, probe) = server();
    let live = Live::start(server.write_timeout(Duration::from_millis(300)).build().unwrap()).await;
    let mut connection = live.connect().await;
    connection.send(&Draft::call("floods", json!({})).meta("logLevel", json!("info"))).await;
    timeout(SOON, probe.dropped.1.notified()).await.expect("the call ends");
    drop(connection);
}

#[tokio::test]
async fn a_call_of_a_session_outlives_its_connection() {
    let (server, probe) = server();
    let server = server.build().unwrap();
    let id = open_session(&server.router(), LEGACY).await;
    let live = Live::start(server).await;
    let mut connection = live.connect().await;
    let params = json!({"name": "endless", "_meta": {"progressToken": 1}});
    connection.send(&Draft::legacy(&id, "tools/call", params)).await;
    let begun = connection.read_until(|text| text.contains("notifications/progress")).await;
    assert!(begun.contains("text/event-stream"), "{begun}");
    drop(connection);
    assert!(timeout(Duration::from_millis(300), probe.dropped.1.notified()).await.is_err(), "it goes on");
    probe.finish.notify_one();
    timeout(SOON, probe.finished.notified()).await.expect("it ends by itself");
}

#[test]
fn what_is_said_goes_out_before_the_function_computes_on() {
    let (say, go_on) = mpsc::channel();
    let state: GoOn = Arc::new(Mutex::new(go_on));
    let server = McpServer::new("computes").without("blocks").tool(computes()).state(state).build().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    // The server has a thread to itself: the function computes, and nothing else goes on there.
    let thread = std::thread::spawn(move || {
        runtime().block_on(async {
            listener.set_nonblocking(true).unwrap();
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            server.serve_until(listener, async { _ = stopped.await }).await.unwrap();
        });
    });
    runtime().block_on(async {
        let mut connection = Connection::to(address).await;
        connection.send(&Draft::call("computes", json!({})).meta("progressToken", json!(1))).await;
        connection.read_until(|text| text.contains("notifications/progress")).await;
        say.send(()).unwrap();
        let rest = connection.read_until(|text| text.contains("\"result\"")).await;
        assert!(rest.contains("\"true\""), "the message came while the function computed: {rest}");
    });
    stop.send(()).unwrap();
    thread.join().unwrap();
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[tokio::test]
async fn a_session_cancels_its_calls_by_notification_and_at_its_end() {
    for how in ["cancelled", "ended", "cancelled by another id", "cancelled by another session"] {
        let (server, probe) = server();
        let server = server.build().unwrap();
        let router = server.router();
        let (id, other) = (open_session(&router, LEGACY).await, open_session(&router, LEGACY).await);
        let call =
            |token: Value| Draft::legacy(&id, "tools/call", json!({"name": "endless", "_meta": token}));
        let silent = call(json!({})).body(|body| body["id"] = "a".into());
        let waiting = tokio::spawn({
            let router = router.clone();
            async move { silent.send(&router).await }
        });
        probe.started.notified().await;
        let speaking = call(json!({"progressToken": 1})).body(|body| body["id"] = 7.into());
        drop(router.clone().oneshot(speaking.request()).await.unwrap());
        probe.started.notified().await;
        let cancel = |session: &str, request: Value| {
            let draft = Draft::legacy(session, "notifications/cancelled", json!({"requestId": request}));
            draft.body(|body| _ = body.as_object_mut().unwrap().remove("id"))
        };
        let drafts = match how {
            "ended" => vec![Draft::legacy(&id, "", json!({})).method(http::Method::DELETE)],
            "cancelled" => vec![cancel(&id, json!("a")), cancel(&id, json!(7)), cancel(&id, json!({}))],
            "cancelled by another id" => vec![cancel(&id, json!("7")), cancel(&id, json!(1))],
            _ => vec![cancel(&other, json!("a")), cancel(&other, json!(7))],
        };
        for draft in drafts {
            assert!(matches!(draft.send(&router).await.status, 202 | 204));
        }
        if matches!(how, "cancelled" | "ended") {
            let reply = timeout(Duration::from_millis(100), waiting).await.expect("it stops").unwrap();
            assert_eq!((reply.status, reply.body.len()), (200, 0), "{how}: a stream without a response");
            let both = async {
                while Arc::strong_count(&probe.dropped) > 1 {
                    tokio::task::yield_now().await;
                }
            };
            timeout(Duration::from_millis(100), both).await.expect("also the call that had lost its client");
        } else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            assert!(!probe.dropped.0.load(Ordering::SeqCst), "{how}");
            waiting.abort();
        }
    }
}

#[tokio::test]
async fn calls_that_nobody_waits_for_are_bounded() {
    let (server, probe) = server();
    let router = server.build().unwrap().router();
    let id = open_session(&router, LEGACY).await;
    let params = json!({"name": "endless", "_meta": {"progressToken": 1}});
    let abandon = async || {
        let draft = Draft::legacy(&id, "tools/call", params.clone());
        drop(router.clone().oneshot(draft.request()).await.unwrap());
    };
    for _ in 0..256 {
        abandon().await;
    }
    assert!(!probe.dropped.0.load(Ordering::SeqCst), "they go on");
    abandon().await;
    let dropped = async {
        while !probe.dropped.0.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(1), dropped).await.expect("one more is too many");
}

#[tokio::test]
async fn a_session_waits_for_a_slow_reader_and_nothing_is_lost() {
    let many = Tool::new("many", "Says more than is kept.", |call: Invocation| async move {
        let ctx = ctx(&call)?;
        for n in 0..5_000 {
            ctx.log(Level::Error, n).await;
        }
        Ok(ToolResult::text("done"))
    });
    let router = McpServer::new("streams").without("blocks").tool(many).build().unwrap().router();
    let id = open_session(&router, LEGACY).await;
    let draft = Draft::legacy(&id, "tools/call", json!({"name": "many"}));
    let response = router.oneshot(draft.request()).await.unwrap();
    for _ in 0..20_000 {
        tokio::task::yield_now().await; // it could have said everything by now
    }
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let events = events(str::from_utf8(&body).unwrap());
    let said: Vec<_> = events.iter().filter_map(|event| event["params"]["data"].as_u64()).collect();
    assert!(said.iter().copied().eq(0..5_000), "{} of 5,000 came", said.len());
    assert_eq!(events.last().unwrap()["result"]["content"][0]["text"], json!("done"));
}

#[tokio::test]
async fn a_result_larger_than_what_is_kept_still_comes_after_what_was_said() {
    let large = Tool::new("large", "Says a word, then gives back much.", |call: Invocation| async move {
        ctx(&call)?.log(Level::Error, "a word").await;
        Ok(ToolResult::text("x".repeat(5 * 1024 * 1024)))
    });
    let router = McpServer::new("streams").without("blocks").tool(large).build().unwrap().router();
    let id = open_session(&router, LEGACY).await;
    let reply = Draft::legacy(&id, "tools/call", json!({"name": "large"})).send(&router).await;
    let events = reply.events();
    assert_eq!(methods(&events), ["notifications/message", "(response)"]);
    let text = events[1]["result"]["content"][0]["text"].as_str().unwrap();
    assert_eq!(text.len(), 5 * 1024 * 1024);
}

#[tokio::test]
async fn however_little_is_kept_a_connected_reader_misses_nothing() {
    let (server, _) = server();
    let router = server.keep_events(0, 0, Duration::ZERO).build().unwrap().router();
    let id = open_session(&router, LEGACY).await;
    let reply = Draft::legacy(&id, "tools/call", json!({"name": "at_once"})).send(&router).await;
    assert_eq!(reply.events().len(), 201);
}

#[tokio::test]
async fn a_stop_lets_a_sessions_call_finish() {
    let wait = Arc::new(Notify::new());
    let go_on = Arc::clone(&wait);
    let waits = Tool::new("waits", "Says a word, then waits.", move |call: Invocation| {
        let go_on = Arc::clone(&go_on);
        async move {
            ctx(&call)?.log(Level::Error, "a word").await;
            go_on.notified().await;
            Ok(ToolResult::text("done"))
        }
    });
    let server = McpServer::new("streams").without("blocks").tool(waits).build().unwrap();
    let router = server.router();
    let id = open_session(&router, LEGACY).await;
    let call = Draft::legacy(&id, "tools/call", json!({"name": "waits"}));
    let mut body = router.clone().oneshot(call.request()).await.unwrap().into_body();
    body.frame().await.unwrap().unwrap();
    server.stop();
    wait.notify_one();
    let rest = timeout(SOON, body.collect()).await.unwrap().unwrap().to_bytes();
    let events = events(str::from_utf8(&rest).unwrap());
    assert_eq!(events.last().unwrap()["result"]["content"][0]["text"], json!("done"));
}

#[tokio::test]
async fn a_streamed_answer_does_not_wait_for_acknowledgements() {
    let live = Live::start(server().0.build().unwrap()).await;
    let mut connection = live.connect().await;
    let draft = Draft::call("progress", json!({})).meta("progressToken", json!(1));
    let rounds = 20;
    let start = std::time::Instant::now();
    for _ in 0..rounds {
        connection.send(&draft).await;
        connection.read_until(|text| text.contains("\"result\"") && text.ends_with("0\r\n\r\n")).await;
    }
    // With Nagle's algorithm on, an answer of several writes waits 40 ms for the client's delayed acknowledgement.
    assert!(start.elapsed() < Duration::from_millis(25) * rounds, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_silent_call_is_kept_alive_by_comments() {
    let (server, probe) = server();
    let router = server.build().unwrap().router();
    let draft = Draft::call("endless", json!({}));
    let response = timeout(Duration::from_secs(20), router.oneshot(draft.request())).await.unwrap().unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "text/event-stream",
        "a stream, so that comments can be sent"
    );
    let mut body = response.into_body();
    for _ in 0..3 {
        let frame = timeout(Duration::from_secs(16), body.frame()).await.expect("a comment each 15 s");
        assert_eq!(frame.unwrap().unwrap().into_data().unwrap(), ": keep-alive\n\n");
    }
    probe.finish.notify_one();
    let end = body.collect().await.unwrap().to_bytes();
    assert!(end.starts_with(b"data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\""), "{end:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_may_not_take_longer_than_its_limit() {
    let (server, probe) = server();
    let router = server.call_timeout(Duration::from_secs(2)).build().unwrap().router();
    let reply =
        timeout(Duration::from_secs(3), Draft::call("endless", json!({})).send(&router)).await.unwrap();
    assert!(reply.tool_error().contains("did not finish in 2 s"), "{reply:?}");
    assert!(probe.dropped.0.load(Ordering::SeqCst), "and it was stopped");
    timeout(SOON, probe.told.notified()).await.expect("what it started elsewhere learns of it");
}

static BEGUN: AtomicUsize = AtomicUsize::new(0);

/// Blocks a thread until it is cancelled.
#[mcp_tool(blocking, timeout = "200ms")]
fn blocks(ctx: Ctx) -> bool {
    BEGUN.fetch_add(1, Ordering::SeqCst);
    while !ctx.is_cancelled() {
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

#[test]
fn a_blocking_function_learns_that_its_time_is_up_and_one_that_waits_never_begins() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
    let router = McpServer::new("blocks").only(["blocks"]).build().unwrap().router();
    runtime.block_on(async {
        let first = tokio::spawn({
            let router = router.clone();
            async move { Draft::call("blocks", json!({})).send(&router).await }
        });
        while BEGUN.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let second = timeout(Duration::from_millis(20), Draft::call("blocks", json!({})).send(&router)).await;
        assert!(second.is_err(), "it waits for the only thread, and its client leaves");
        assert!(first.await.unwrap().tool_error().contains("did not finish"));
    });
    // Waits for the threads: the first function ends because it is told.
    drop(runtime);
    assert_eq!(BEGUN.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_does_not_end_in_time_ends_with_the_server() {
    let (server, probe) = server();
    let server = server.shutdown_grace(Duration::from_millis(100)).build().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = Arc::new(Notify::new());
    let stopped = Arc::clone(&stop);
    let serving = tokio::spawn(async move { server.serve_until(listener, stopped.notified()).await });
    let mut connection = Connection::to(address).await;
    connection.send(&Draft::call("endless", json!({})).meta("progressToken", json!(1))).await;
    probe.started.notified().await;
    stop.notify_one();
    timeout(SOON, serving).await.expect("the server ends").unwrap().unwrap();
    timeout(SOON, probe.dropped.1.notified()).await.expect("and its calls");
}
