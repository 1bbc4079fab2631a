//! Streams of sessions that are lost and taken up again: everything arrives, once, in order, on its own stream.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::Router;
use http::Method;
use mcp_server::{
    Clock, Ctx, FromCall, Hand, Invocation, Level, List, McpServer, Resource, Server, Tool, ToolResult,
};
use mcp_tests::{
    raw::SOON,
    running::{AT_ONCE, Running},
    sse::{Event, Stream, respond},
    wire::{Draft, LEGACY, MODERN, Reply, open_session},
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

/// What a function does, one after the other.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Act {
    Log,
    Progress,
    /// Milliseconds.
    Wait(u64),
    /// Lets its client go for so many milliseconds.
    Close(u64),
}

fn script(finished: &Arc<AtomicUsize>) -> Tool {
    let finished = Arc::clone(finished);
    let run = move |mut call: Invocation| {
        let finished = Arc::clone(&finished);
        async move {
            let ctx = Ctx::from_call(&call.call)?;
            let (name, acts): (String, Vec<Act>) = (call.argument("name")?, call.argument("acts")?);
            for (n, act) in acts.into_iter().enumerate() {
                match act {
                    Act::Log => ctx.log(Level::Info, json!({ "name": name, "n": n })).await,
                    Act::Progress => {
                        ctx.progress(f64::from(u32::try_from(n)?)).message(name.clone()).await;
                    }
                    Act::Wait(time) => sleep(Duration::from_millis(time)).await,
                    Act::Close(retry) => ctx.close_stream(Duration::from_millis(retry)).await,
                }
            }
            finished.fetch_add(1, Ordering::SeqCst);
            Ok(ToolResult::text(name))
        }
    };
    Tool::new("script", "Does what it is told.", run).input_schema(json!({"type": "object", "properties": {
        "name": {"type": "string"},
        "acts": {"type": "array"},
    }}))
}

fn note() -> Resource {
    Resource::new("note://{id}", "note", "A note.", |_: Invocation| async { Ok(Some("text".to_owned())) })
}

fn server(finished: &Arc<AtomicUsize>, running: &Running) -> McpServer {
    McpServer::new("resume").tool(script(finished)).tool(running.tool()).resource(note())
}

/// A call of the script.
fn acts(session: &str, revision: &str, name: &str, acts: &[Act]) -> Draft {
    let params = json!({ "name": "script", "arguments": { "name": name, "acts": acts } });
    Draft::legacy(session, "tools/call", params).of(revision).meta("progressToken", name.into()).id(name)
}

/// Whether streams of this revision begin with an event that says where they are, and may be closed.
fn is_polled(revision: &str) -> bool {
    revision == "2025-11-25"
}

/// The messages of such a call with their numbers. An event that only closes the connection has a number too.
fn said(revision: &str, name: &str, acts: &[Act]) -> BTreeMap<u64, Value> {
    let mut number = 0;
    let mut messages = BTreeMap::new();
    for (n, act) in acts.iter().enumerate() {
        let message = match act {
            Act::Log => json!({ "method": "notifications/message", "params": {
                "level": "info", "data": { "name": name, "n": n } } }),
            Act::Progress => {
                let progress = f64::from(u32::try_from(n).unwrap());
                let params = json!({ "progressToken": name, "progress": progress, "message": name });
                json!({ "method": "notifications/progress", "params": params })
            }
            Act::Wait(_) => continue,
            Act::Close(_) => {
                number += u64::from(is_polled(revision));
                continue;
            }
        };
        number += 1;
        messages.insert(number, message);
    }
    let result = json!({ "id": name, "result": { "content": [{ "type": "text", "text": name }] } });
    messages.insert(number + 1, result);
    for message in messages.values_mut() {
        message["jsonrpc"] = "2.0".into();
    }
    messages
}

/// How a client reads a stream until it loses it, and how it comes back.
#[derive(Debug, Clone)]
struct Reading {
    /// How many bytes arrive.
    bytes: usize,
    /// After how many milliseconds it comes back.
    pause: u64,
    /// How many of the events that it knows it has forgotten again.
    back: usize,
    /// Whether the old connection is still there: the server hasn't noticed.
    haunted: bool,
}

/// What a client has of one stream.
#[derive(Debug, Default)]
struct Heard {
    stream: Option<u32>,
    messages: BTreeMap<u64, Value>,
    /// The places of every event so far, in the order in which they came first.
    places: Vec<u64>,
    /// An event was lost together with the only thing that said where to take the stream up.
    lost: bool,
}

impl Heard {
    /// Takes an event that came after the one of this number.
    fn take(&mut self, event: &Event, after: &mut Option<u64>) {
        let (stream, number) = event.place().expect("a place");
        assert_eq!(*self.stream.get_or_insert(stream), stream, "an event of another stream: {event:?}");
        let primes = event.data.as_deref() == Some("");
        let follows = after.is_none_or(|after| number > after || (primes && number == after));
        assert!(follows, "{event:?} after {after:?}");
        *after = Some(number);
        if !self.places.contains(&number) {
            self.places.push(number);
        }
        if let Some(message) = event.message() {
            let before = self.messages.insert(number, message.clone());
            assert!(before.is_none_or(|before| before == message), "two messages at one place: {event:?}");
        }
    }

    /// Where to take the stream up again.
    fn place(&self, back: usize) -> Option<String> {
        let known = self.places.len().checked_sub(1)?;
        Some(format!("{}-{}", self.stream?, self.places[known - back.min(known)]))
    }

    fn is_answered(&self) -> bool {
        self.messages.values().any(|message| message.get("id").is_some())
    }
}

/// Follows a stream through these readings, and then until it has what it wants. `begin` opens it.
async fn follow(
    router: Router,
    begin: Draft,
    readings: Vec<Reading>,
    wants: impl Fn(&Heard) -> bool + Send,
) -> Heard {
    let (session, revision) = (
        begin.headers["mcp-session-id"].to_str().unwrap().to_owned(),
        begin.headers.get("mcp-protocol-version").map_or("2025-03-26", |v| v.to_str().unwrap()).to_owned(),
    );
    let again = || Draft::listen(&session).of(&revision);
    let mut heard = Heard::default();
    let mut readings = readings.into_iter();
    let (mut draft, mut after) = (begin.clone(), None);
    let mut ghosts: Vec<Stream> = Vec::new();
    let is_own = begin.method == Method::GET;
    loop {
        let response = respond(&router, &draft).await;
        assert_eq!(response.status(), 200, "{draft:?}");
        if response.headers()["content-type"] == "application/json" {
            // It was done before it said anything.
            heard.messages.insert(1, Reply::read(response).await.json());
            return heard;
        }
        let reading = readings.next();
        let mut stream = Stream::of(response);
        for mut ghost in ghosts.drain(..) {
            let more = timeout(AT_ONCE, ghost.next()).await.expect("whoever is taken over is told at once");
            assert_eq!(more, None, "and gets nothing more");
        }
        if let Some(reading) = &reading {
            stream = stream.cut_after(reading.bytes);
        }
        let mut retry = None;
        // In the end an own stream is silent, a call's stream has an end.
        let patience = Duration::from_secs(8);
        while let Some(event) = timeout(patience, stream.next()).await.unwrap_or(None) {
            heard.take(&event, &mut after);
            retry = event.retry;
            if is_own && wants(&heard) && readings.len() == 0 {
                return heard;
            }
        }
        if stream.has_ended() {
            if wants(&heard) {
                return heard;
            }
            let retry = retry.unwrap_or_else(|| panic!("it ended without an answer: {heard:?}"));
            sleep(Duration::from_millis(retry)).await;
        }
        let Some(reading) = reading else {
            if stream.has_ended() {
                (draft, after) = resumed(again(), &heard, 0);
                continue;
            }
            assert!(heard.lost || wants(&heard), "silence: {heard:?}");
            return heard;
        };
        if heard.places.is_empty() {
            heard.lost = true;
            if !is_own {
                return heard;
            }
        }
        if reading.haunted && !stream.has_ended() {
            ghosts.push(stream);
        } else {
            drop(stream);
        }
        sleep(Duration::from_millis(reading.pause)).await;
        (draft, after) = resumed(again(), &heard, reading.back);
    }
}

fn resumed(again: Draft, heard: &Heard, back: usize) -> (Draft, Option<u64>) {
    match heard.place(back) {
        Some(place) => {
            let number = place.split_once('-').and_then(|(_, number)| number.parse().ok());
            (again.after(&place), number)
        }
        None => (again, None),
    }
}

#[derive(Debug, Clone)]
struct CallPlan {
    start: u64,
    acts: Vec<Act>,
    readings: Vec<Reading>,
}

#[derive(Debug, Clone)]
struct SessionPlan {
    revision: &'static str,
    calls: Vec<CallPlan>,
    /// After how many milliseconds each change comes.
    changes: Vec<u64>,
    readings: Vec<Reading>,
}

fn readings() -> impl Strategy<Value = Vec<Reading>> {
    let pause = select(vec![0_u64, 0, 1, 40, 300, 1_500]);
    let reading = (0_usize..700, pause, prop_oneof![3 => Just(0_usize), 1 => 0_usize..4], any::<bool>());
    let reading = reading.prop_map(|(bytes, pause, back, haunted)| Reading { bytes, pause, back, haunted });
    vec(reading, 0..5)
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Log),
        3 => Just(Act::Progress),
        2 => select(vec![0_u64, 1, 20, 400, 1_200]).prop_map(Act::Wait),
        1 => select(vec![0_u64, 5, 500]).prop_map(Act::Close),
    ]
}

fn session_plan() -> impl Strategy<Value = SessionPlan> {
    let call = (0_u64..300, vec(act(), 0..10), readings());
    let call = call.prop_map(|(start, acts, readings)| CallPlan { start, acts, readings });
    let revision = select(vec!["2025-11-25", "2025-11-25", "2025-06-18", "2025-03-26"]);
    (revision, vec(call, 1..4), vec(0_u64..400, 0..8), readings())
        .prop_map(|(revision, calls, changes, readings)| SessionPlan { revision, calls, changes, readings })
}

/// Changes that one session is told of.
async fn change(server: Server, uris: Vec<(u64, String)>) {
    for (pause, uri) in uris {
        sleep(Duration::from_millis(pause)).await;
        server.catalog().resource_updated(&uri);
    }
}

fn updated(uri: &str) -> Value {
    json!({ "jsonrpc": "2.0", "method": "notifications/resources/updated", "params": { "uri": uri } })
}

/// Subscribes a session to notes of its own; gives their URIs.
async fn subscribed(router: &Router, session: &str, name: usize, count: usize) -> Vec<String> {
    let uris: Vec<String> = (0..count).map(|n| format!("note://s{name}n{n}")).collect();
    for uri in &uris {
        let reply = Draft::legacy(session, "resources/subscribe", json!({ "uri": uri })).send(router).await;
        assert_eq!(reply.result(), json!({}));
    }
    uris
}

/// One session, from its beginning to when everything is done. Gives how many calls it has made.
async fn session(server: Server, name: usize, plan: SessionPlan) -> usize {
    let router = server.router();
    let id = open_session(&router, plan.revision).await;
    let uris = subscribed(&router, &id, name, plan.changes.len()).await;
    let told: Vec<Value> = uris.iter().map(|uri| updated(uri)).collect();
    let mut calls = JoinSet::new();
    for (n, call) in plan.calls.iter().cloned().enumerate() {
        let (router, name) = (router.clone(), format!("s{name}c{n}"));
        let draft = acts(&id, plan.revision, &name, &call.acts);
        let expected = said(plan.revision, &name, &call.acts);
        calls.spawn(async move {
            sleep(Duration::from_millis(call.start)).await;
            let heard = follow(router, draft, call.readings, Heard::is_answered).await;
            if heard.lost {
                assert_eq!(heard.messages, BTreeMap::new(), "nothing came of a call that was lost at once");
            } else {
                assert_eq!(heard.messages, expected);
            }
        });
    }
    let count = told.len();
    let changing = tokio::spawn(change(server, plan.changes.iter().copied().zip(uris).collect()));
    let all = move |heard: &Heard| heard.messages.len() >= count;
    if count > 0 {
        let own = Draft::listen(&id).of(plan.revision);
        let heard = follow(router.clone(), own, plan.readings, all).await;
        let messages: Vec<Value> = heard.messages.values().cloned().collect();
        assert!(heard.stream.is_none_or(|stream| stream == 0));
        if heard.lost {
            let mut rest = told.iter();
            assert!(messages.iter().all(|message| rest.any(|told| told == message)), "{messages:?}");
        } else {
            assert_eq!(messages, told);
        }
    }
    changing.await.unwrap();
    while let Some(done) = calls.join_next().await {
        done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    }
    plan.calls.len()
}

/// A runtime on which time passes as soon as nothing else happens.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

#[test]
fn whatever_is_lost_and_taken_up_again_everything_arrives_once_and_in_order() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let config = Config { cases: 1_000, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, rng)
        .run(&vec(session_plan(), 1..3), |plans| {
            runtime().block_on(async {
                let finished = Arc::new(AtomicUsize::new(0));
                let server = server(&finished, &Running::default()).build().unwrap();
                let mut sessions = JoinSet::new();
                for (name, plan) in plans.into_iter().enumerate() {
                    sessions.spawn(session(server.clone(), name, plan));
                }
                let mut calls = 0;
                while let Some(done) = sessions.join_next().await {
                    calls += done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
                }
                // Longer than every function, of which some were lost before they could be taken up again.
                sleep(Duration::from_secs(20)).await;
                assert_eq!(finished.load(Ordering::SeqCst), calls, "a call goes on while nobody reads");
            });
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

/// A stream that is cut after every prefix of its bytes, once in the middle of everything.
#[test]
fn a_stream_may_be_cut_anywhere() {
    const ACTS: [Act; 7] =
        [Act::Log, Act::Progress, Act::Close(10), Act::Wait(50), Act::Log, Act::Wait(1_200), Act::Progress];
    for revision in ["2025-11-25", "2025-06-18", "2025-03-26"] {
        let mut whole = 0;
        for bytes in 0.. {
            let all = runtime().block_on(async {
                let finished = Arc::default();
                let router = server(&finished, &Running::default()).build().unwrap().router();
                let id = open_session(&router, revision).await;
                let draft = acts(&id, revision, "a", &ACTS);
                let cut =
                    |bytes| Reading { bytes, pause: bytes as u64 % 3 * 40, back: 0, haunted: bytes % 2 == 0 };
                let heard =
                    follow(router, draft, vec![cut(bytes), cut(bytes / 2 + 1)], Heard::is_answered).await;
                let expected = if heard.lost { BTreeMap::new() } else { said(revision, "a", &ACTS) };
                assert_eq!(heard.messages, expected, "{revision}: cut after {bytes} bytes");
                sleep(Duration::from_secs(5)).await;
                assert_eq!(finished.load(Ordering::SeqCst), 1, "{revision}: cut after {bytes} bytes");
                !heard.lost
            });
            whole += usize::from(all);
            if bytes > 1_000 {
                break;
            }
        }
        assert!(whole > 800, "{revision}: only {whole} could be taken up again");
    }
}

struct Timed {
    server: Server,
    router: Router,
    running: Running,
    hand: Hand,
}

fn timed(shape: impl FnOnce(McpServer) -> McpServer) -> Timed {
    let (clock, hand) = Clock::by_hand();
    let running = Running::default();
    let server = shape(server(&Arc::default(), &running).clock(clock)).build().unwrap();
    Timed { router: server.router(), server, running, hand }
}

fn usual() -> Timed {
    timed(|server| server)
}

fn endless(session: &str, id: impl Into<Value>, speaks: bool) -> Draft {
    let params = json!({ "name": "endless", "arguments": { "speaks": speaks } });
    Draft::legacy(session, "tools/call", params).id(id)
}

/// The status and the text of a refusal to take up a stream.
async fn refused(router: &Router, draft: &Draft) -> (u16, String) {
    let response = timeout(SOON, respond(router, draft)).await.unwrap();
    let status = response.status().as_u16();
    if response.headers()["content-type"] == "text/event-stream" {
        return (status, "(a stream)".to_owned());
    }
    let reply = Reply::read(response).await;
    (status, reply.json()["error"]["message"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn what_is_not_kept_any_more_is_410_and_says_so() {
    let timed = timed(|server| server.keep_events(3, 10_000, Duration::from_mins(1)));
    let id = open_session(&timed.router, LEGACY).await;
    let draft = acts(&id, LEGACY, "a", &[Act::Log; 10]);
    let mut stream = Stream::open(&timed.router, &draft).await;
    assert_eq!(stream.soon().await.id.unwrap(), "1-0");
    drop(stream);
    tokio::task::yield_now().await;
    for event in ["1-0", "1-1", "1-7"] {
        let (status, text) = refused(&timed.router, &Draft::listen(&id).after(event)).await;
        assert_eq!(status, 410, "{event}: {text}");
        assert!(text.contains("not kept any more") && text.contains("call again"), "{text}");
    }
    let mut stream = Stream::open(&timed.router, &Draft::listen(&id).after("1-8")).await;
    let places: Vec<_> = stream.rest().await.into_iter().map(|event| event.id.unwrap()).collect();
    assert_eq!(places, ["1-9", "1-10", "1-11"]);
    timed.hand.advance(Duration::from_secs(61));
    for event in ["1-0", "1-8", "1-10"] {
        let (status, text) = refused(&timed.router, &Draft::listen(&id).after(event)).await;
        assert_eq!(status, 410, "too late for {event}: {text}");
    }
}

#[tokio::test]
async fn a_call_goes_on_when_its_client_asks_in_vain_for_what_is_not_kept() {
    let timed = timed(|server| server.keep_events(2, 10_000, Duration::from_mins(1)));
    let id = open_session(&timed.router, LEGACY).await;
    let mut stream = Stream::open(&timed.router, &endless(&id, 1, true)).await;
    assert_eq!(stream.soon().await.id.unwrap(), "1-0");
    assert_eq!(stream.soon().await.id.unwrap(), "1-1");
    drop(stream);
    let mut loud = Stream::open(&timed.router, &acts(&id, LEGACY, "b", &[Act::Log; 5])).await;
    loud.rest().await;
    assert_eq!(refused(&timed.router, &Draft::listen(&id).after("1-0")).await.0, 410);
    let json = Draft::listen(&id).after("1-1").header("accept", "application/json");
    assert_eq!(refused(&timed.router, &json).await.0, 406);
    timed.running.go_on(1, "neither question has stopped it").await;
    let mut stream = Stream::open(&timed.router, &Draft::listen(&id).after("1-1")).await;
    assert_eq!(refused(&timed.router, &Draft::listen(&id).after("1-0")).await.0, 410);
    assert_eq!(refused(&timed.router, &json).await.0, 406);
    timed.running.finish();
    assert_eq!(stream.message().await["id"], json!(1), "whoever reads it goes on reading");
}

#[tokio::test]
async fn an_id_of_no_event_is_400() {
    let timed = usual();
    let id = open_session(&timed.router, LEGACY).await;
    let mut stream = Stream::open(&timed.router, &endless(&id, 1, true)).await;
    stream.message().await;
    for event in [
        "",
        " ",
        "-",
        "1",
        "1-",
        "-1",
        "1--1",
        "-1-1",
        "1-1-1",
        "01-1",
        "1-01",
        "+1-1",
        "1-+1",
        "1 -1",
        "1-1x",
        "0x1-1",
        "1_0-1",
        "1-1.0",
        "2-0",
        "2-1",
        "0-1",
        "99-0",
        "4294967295-0",
        "4294967296-0",
        "4294967297-1",
        "1-2",
        "1-9",
        "1-18446744073709551614",
        "1-18446744073709551615",
        "1-18446744073709551616",
        "0-1",
        "0-18446744073709551615",
        "1-99999999999999999999999999",
        "x",
        "null",
        "1,1-1",
        "../1-1",
    ] {
        let (status, text) = refused(&timed.router, &Draft::listen(&id).after(event)).await;
        assert_eq!(status, 400, "{event:?}: {text}");
    }
    let huge = format!("1-{}", "1".repeat(8_000));
    let (status, text) = refused(&timed.router, &Draft::listen(&id).after(&huge)).await;
    assert_eq!(status, 400);
    assert!(text.len() < 1_000, "an answer is no larger than its cause");
    for bytes in ["١-١", "1-1\u{a0}", "１-１"] {
        let mut draft = Draft::listen(&id);
        draft.headers.insert("last-event-id", http::HeaderValue::from_bytes(bytes.as_bytes()).unwrap());
        assert_eq!(refused(&timed.router, &draft).await.0, 400, "{bytes}");
    }
    let twice = Draft::listen(&id).after("1-1").and_header("last-event-id", "1-1");
    assert_eq!(refused(&timed.router, &twice).await.0, 400);
    timed.running.finish();
    assert_eq!(stream.message().await["id"], json!(1), "none of them has taken the stream away");
}

#[tokio::test]
async fn a_stream_is_its_own_sessions_only() {
    let timed = usual();
    let id = open_session(&timed.router, LEGACY).await;
    let mut stream = Stream::open(&timed.router, &endless(&id, 1, true)).await;
    stream.message().await;
    let other = open_session(&timed.router, LEGACY).await;
    for event in ["1-0", "1-1"] {
        assert_eq!(refused(&timed.router, &Draft::listen(&other).after(event)).await.0, 400, "{event}");
        for unknown in ["x", &id[1..], &format!("{id}x")] {
            let status = refused(&timed.router, &Draft::listen(unknown).after(event)).await.0;
            assert_eq!(status, 404, "{unknown}");
        }
        let none = Draft::listen(&id).without("mcp-session-id").after(event);
        assert_eq!(refused(&timed.router, &none).await.0, 400);
        assert_eq!(refused(&timed.router, &Draft::listen(&id).of(MODERN).after(event)).await.0, 405);
        assert_eq!(refused(&timed.router, &Draft::listen(&id).of("latest").after(event)).await.0, 400);
    }
    // The other session has a stream of this number too: it gets that one.
    let mut own = Stream::open(&timed.router, &acts(&other, LEGACY, "other", &[Act::Log])).await;
    own.rest().await;
    let mut again = Stream::open(&timed.router, &Draft::listen(&other).after("1-0")).await;
    assert!(again.rest().await.iter().all(|event| event.data.as_ref().unwrap().contains("other")));
    timed.running.finish();
    assert_eq!(stream.message().await["id"], json!(1));
}

#[tokio::test]
async fn the_second_reader_takes_a_stream_over() {
    let timed = usual();
    let id = open_session(&timed.router, LEGACY).await;
    let mut first = Stream::open(&timed.router, &endless(&id, 1, true)).await;
    first.message().await;
    let mut second = Stream::open(&timed.router, &Draft::listen(&id).after("1-1")).await;
    assert_eq!(first.rest().await, [], "the first is told nothing more");
    drop(first);
    let mut third = Stream::open(&timed.router, &Draft::listen(&id).after("1-0")).await;
    assert_eq!(second.rest().await, []);
    assert_eq!(third.message().await["params"]["data"], json!("begun"));
    timed.running.finish();
    assert_eq!(third.message().await["id"], json!(1));
    assert_eq!((third.rest().await, timed.running.ended()), (vec![], 1));

    let mut first = Stream::open(&timed.router, &Draft::listen(&id)).await;
    first.soon().await;
    let mut second = Stream::open(&timed.router, &Draft::listen(&id)).await;
    assert_eq!(first.rest().await, []);
    timed.server.catalog().list_changed(List::Tools);
    assert_eq!(second.message().await["method"], json!("notifications/tools/list_changed"));
}

#[tokio::test]
async fn an_answered_stream_can_be_read_again_until_it_is_forgotten() {
    let timed = usual();
    let id = open_session(&timed.router, LEGACY).await;
    let mut stream = Stream::open(&timed.router, &acts(&id, LEGACY, "a", &[Act::Log])).await;
    let events = stream.rest().await;
    for _ in 0..3 {
        let mut again = Stream::open(&timed.router, &Draft::listen(&id).after("1-0")).await;
        assert_eq!(again.rest().await, events[1..]);
        let mut nothing = Stream::open(&timed.router, &Draft::listen(&id).after("1-2")).await;
        assert_eq!(nothing.rest().await, []);
    }
}

#[tokio::test]
async fn the_end_of_a_session_ends_its_streams_and_calls() {
    for how in ["deleted", "evicted"] {
        let timed = timed(|server| server.max_sessions(1, 1));
        let id = open_session(&timed.router, LEGACY).await;
        let mut own = Stream::open(&timed.router, &Draft::listen(&id)).await;
        own.soon().await;
        let mut read = Stream::open(&timed.router, &endless(&id, 1, true)).await;
        read.message().await;
        let mut unread = Stream::open(&timed.router, &endless(&id, 2, true)).await;
        unread.message().await;
        drop(unread);
        if how == "deleted" {
            let delete = Draft::listen(&id).method(Method::DELETE);
            assert_eq!(delete.send(&timed.router).await.status, 204);
        } else {
            open_session(&timed.router, LEGACY).await;
        }
        timed.running.end_at_once(2, how).await;
        for stream in [&mut own, &mut read] {
            let rest = timeout(AT_ONCE, stream.rest()).await;
            assert_eq!(rest.unwrap_or_else(|_| panic!("{how}: it goes on")), []);
        }
        for event in ["0-0", "1-0", "1-1", "2-1"] {
            assert_eq!(refused(&timed.router, &Draft::listen(&id).after(event)).await.0, 404, "{how}");
        }
    }
}

#[tokio::test]
async fn a_session_that_is_read_or_works_is_not_idle_and_one_that_is_idle_is_gone() {
    let timed = timed(|server| server.session_idle(Duration::from_mins(1)));
    let past = || timed.hand.advance(Duration::from_secs(61));
    let id = open_session(&timed.router, LEGACY).await;
    let ping = Draft::legacy(&id, "ping", json!({}));
    let own = Stream::open(&timed.router, &Draft::listen(&id)).await;
    past();
    assert_eq!(ping.send(&timed.router).await.status, 200, "somebody reads");
    drop(own);
    let mut stream = Stream::open(&timed.router, &endless(&id, 1, true)).await;
    stream.message().await;
    drop(stream);
    past();
    assert_eq!(ping.send(&timed.router).await.status, 200, "a call goes on");
    timed.running.finish();
    timed.running.end_at_once(1, "it finishes").await;
    tokio::task::yield_now().await;
    let mut answer = Stream::open(&timed.router, &Draft::listen(&id).after("1-1")).await;
    assert_eq!(answer.message().await["id"], json!(1));
    assert_eq!(answer.rest().await, []);
    drop(answer);
    assert_eq!(ping.send(&timed.router).await.status, 200);
    past();
    assert_eq!(refused(&timed.router, &Draft::listen(&id).after("1-1")).await.0, 404);
}

#[tokio::test]
async fn revisions_before_2025_11_25_have_ids_and_nothing_else() {
    for revision in ["2025-06-18", "2025-03-26"] {
        let timed = usual();
        let id = open_session(&timed.router, revision).await;
        let draft = acts(&id, revision, "a", &[Act::Log, Act::Close(1), Act::Progress]);
        let events = Stream::open(&timed.router, &draft).await.rest().await;
        let places: Vec<_> = events.iter().map(|event| event.id.clone().unwrap()).collect();
        assert_eq!(places, ["1-1", "1-2", "1-3"], "{revision}");
        assert!(events.iter().all(|event| event.message().is_some() && event.retry.is_none()), "{events:?}");
        let mut own = Stream::open(&timed.router, &Draft::listen(&id).of(revision)).await;
        timed.server.catalog().list_changed(List::Tools);
        let event = own.soon().await;
        assert_eq!((event.id.as_deref(), event.retry), (Some("0-1"), None), "{revision}");
        assert_eq!(event.message().unwrap()["method"], json!("notifications/tools/list_changed"));
    }
}

#[tokio::test]
async fn streams_of_2025_11_25_begin_with_where_to_take_them_up() {
    let timed = usual();
    let id = open_session(&timed.router, LEGACY).await;
    let prime = |id: &str| Event {
        name: None,
        id: Some(id.to_owned()),
        retry: Some(1_000),
        data: Some(String::new()),
    };
    let draft = acts(&id, LEGACY, "a", &[Act::Log, Act::Close(70), Act::Wait(20), Act::Log]);
    let mut stream = Stream::open(&timed.router, &draft).await;
    assert_eq!(stream.soon().await, prime("1-0"));
    assert!(stream.message().await["params"]["data"].is_object());
    let pause = stream.soon().await;
    assert_eq!(pause, Event { retry: Some(70), ..prime("1-2") });
    assert_eq!(stream.rest().await, [], "the connection ends");
    let mut stream = Stream::open(&timed.router, &Draft::listen(&id).after("1-2")).await;
    let places: Vec<_> = stream.rest().await.into_iter().map(|event| event.id.unwrap()).collect();
    assert_eq!(places, ["1-3", "1-4"], "no second priming, and then the answer");
    let mut own = Stream::open(&timed.router, &Draft::listen(&id)).await;
    assert_eq!(own.soon().await, prime("0-0"));
    timed.server.catalog().list_changed(List::Tools);
    assert_eq!(own.soon().await.id.unwrap(), "0-1");
    let mut own = Stream::open(&timed.router, &Draft::listen(&id)).await;
    assert_eq!(own.soon().await, prime("0-1"), "a new one begins where the last one was");
    let mut again = Stream::open(&timed.router, &Draft::listen(&id).after("0-0")).await;
    assert_eq!(again.soon().await.id.unwrap(), "0-0");
    assert_eq!(again.soon().await.id.unwrap(), "0-1");
}

#[tokio::test(start_paused = true)]
async fn a_call_is_answered_inline_unless_it_speaks_or_takes_long() {
    for revision in ["2025-11-25", "2025-06-18", "2025-03-26"] {
        let timed = usual();
        let id = open_session(&timed.router, revision).await;
        for quick in [&[][..], &[Act::Wait(990)], &[Act::Close(1)]] {
            let is_closed = matches!(quick, [Act::Close(_)]) && is_polled(revision);
            let response = respond(&timed.router, &acts(&id, revision, "a", quick)).await;
            let kind = if is_closed { "text/event-stream" } else { "application/json" };
            assert_eq!(response.headers()["content-type"], kind, "{revision}: {quick:?}");
            assert_eq!(response.headers().get("mcp-session-id"), None);
            Reply::read(response).await;
        }
        let mut slow = Stream::open(&timed.router, &acts(&id, revision, "a", &[Act::Wait(1_010)])).await;
        let last = slow.rest().await.pop().unwrap();
        assert_eq!(last.message().unwrap()["result"]["content"][0]["text"], json!("a"), "{revision}");
        let mut silent = Stream::open(&timed.router, &acts(&id, revision, "a", &[Act::Wait(40_000)])).await;
        let silence = Duration::from_mins(1);
        while timeout(silence, silent.next()).await.expect("a comment now and then").is_some() {}
        assert!(silent.comments() >= 2, "{revision}");
    }
}

#[tokio::test]
async fn a_session_answers_other_requests_while_its_streams_are_read() {
    let timed = usual();
    let id = open_session(&timed.router, LEGACY).await;
    let mut own = Stream::open(&timed.router, &Draft::listen(&id)).await;
    own.soon().await;
    // Two requests of the same id: each has its own stream and its own answer.
    let mut first = Stream::open(&timed.router, &endless(&id, 7, true)).await;
    let mut second = Stream::open(&timed.router, &endless(&id, 7, true)).await;
    timed.running.have_begun(2).await;
    assert_eq!(Draft::legacy(&id, "ping", json!({})).id(7).send(&timed.router).await.result(), json!({}));
    timed.running.finish();
    timed.running.finish();
    for (stream, number) in [(&mut first, "1"), (&mut second, "2")] {
        let events = stream.rest().await;
        assert!(events.iter().all(|event| event.id.as_ref().unwrap().starts_with(number)), "{events:?}");
        assert_eq!(events.iter().filter(|event| event.message().is_some()).count(), 2);
    }
    timed.server.catalog().list_changed(List::Tools);
    assert_eq!(own.message().await["method"], json!("notifications/tools/list_changed"));
}

#[tokio::test]
async fn ten_thousand_resumes_cost_nothing_that_stays() {
    let timed = usual();
    let id = open_session(&timed.router, LEGACY).await;
    let mut stream = Stream::open(&timed.router, &endless(&id, 1, true)).await;
    stream.message().await;
    let start = std::time::Instant::now();
    for _ in 0..10_000 {
        stream = Stream::open(&timed.router, &Draft::listen(&id).after("1-1")).await;
    }
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    timed.running.finish();
    assert_eq!(stream.message().await["id"], json!(1));
    assert_eq!(stream.rest().await, []);
}

/// What is kept is for clients that are away: whoever reads loses nothing, however much is said.
#[tokio::test]
async fn whoever_reads_loses_nothing_however_little_is_kept() {
    let says = |mut call: Invocation| async move {
        let ctx = Ctx::from_call(&call.call)?;
        let (count, size): (u32, usize) = (call.argument("count")?, call.argument("size")?);
        for _ in 0..count {
            ctx.log(Level::Error, "x".repeat(size)).await;
        }
        Ok(ToolResult::text("done"))
    };
    for (events, bytes, count, size) in
        [(1_000, 4 << 20, 200, 100_000), (1_000, 4 << 20, 5_000, 10), (5, 4 << 20, 100, 10), (1, 1, 50, 10)]
    {
        let says = Tool::new("says", "Says much.", says).input_schema(json!({"type": "object"}));
        let server = McpServer::new("much").tool(says).keep_events(events, bytes, Duration::from_mins(1));
        let router = server.build().unwrap().router();
        let id = open_session(&router, LEGACY).await;
        let params = json!({ "name": "says", "arguments": { "count": count, "size": size } });
        let mut stream = Stream::open(&router, &Draft::legacy(&id, "tools/call", params)).await;
        let heard = stream.rest().await;
        // One to begin with, and the answer.
        assert_eq!(heard.len(), count + 2, "{events} events and {bytes} bytes are kept");
    }
}

/// Streams that are over are not looked through again with each new one.
#[tokio::test]
async fn many_short_streams_of_one_session_take_no_longer_than_few() {
    let timed = usual();
    let id = open_session(&timed.router, LEGACY).await;
    let draft = acts(&id, LEGACY, "a", &[Act::Log]);
    let mut took = Vec::new();
    for _ in 0..5 {
        let start = std::time::Instant::now();
        for _ in 0..2_000 {
            Stream::open(&timed.router, &draft).await.rest().await;
            timed.hand.advance(Duration::from_millis(1));
        }
        took.push(start.elapsed());
    }
    assert!(took[4] < took[0] * 3, "{took:?}");
}
