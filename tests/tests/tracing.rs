//! What a function logs stands in a span that says which call it is, and of which trace.

use std::{
    io,
    sync::{Arc, Mutex},
};

use mcp_server::{McpServer, Trace, prelude::*};
use mcp_tests::wire::{Draft, LEGACY, open_session};
use serde_json::{Value, json};
use tracing::subscriber::set_default;
use tracing_subscriber::fmt::MakeWriter;

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";

/// Logs, waits, logs, and says what it passes on.
#[mcp_tool]
async fn traced(ctx: Ctx) -> Vec<Option<String>> {
    tracing::info!("before");
    tokio::task::yield_now().await;
    tracing::info!("after");
    let trace = ctx.trace();
    let own = |text: Option<&str>| text.map(str::to_owned);
    vec![
        own(trace.map(Trace::traceparent)),
        own(trace.and_then(Trace::tracestate)),
        own(trace.and_then(Trace::baggage)),
    ]
}

/// The log, as text.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

fn with_trace(draft: Draft, trace: Value) -> Draft {
    draft.body(|body| {
        for (key, value) in trace.as_object().unwrap() {
            body["params"]["_meta"][key] = value.clone();
        }
    })
}

/// One test: what a subscriber is asked about each place in the code is remembered for the whole program.
#[tokio::test]
async fn calls_stand_in_spans_of_their_traces() {
    a_call_stands_in_a_span_of_its_trace_in_both_eras().await;
    what_is_no_trace_context_is_left_out().await;
}

async fn a_call_stands_in_a_span_of_its_trace_in_both_eras() {
    let router = McpServer::new("traced").build().unwrap().router();
    let session = open_session(&router, LEGACY).await;
    let trace = json!({ "traceparent": PARENT, "tracestate": "a=1", "baggage": "user=7" });
    for draft in
        [Draft::call("traced", json!({})), Draft::legacy(&session, "tools/call", json!({ "name": "traced" }))]
    {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
        let guard = set_default(subscriber);
        let result = with_trace(draft, trace.clone()).send(&router).await.result();
        drop(guard);
        let given = &result["structuredContent"];
        let given = given.get("result").unwrap_or(given);
        assert_eq!(*given, json!([PARENT, "a=1", "user=7"]));
        let lines = log.lines();
        let said: Vec<&String> =
            lines.iter().filter(|line| line.contains("before") || line.contains("after")).collect();
        assert_eq!(said.len(), 2, "{lines:?}");
        for line in said {
            for part in ["tools/call", "traced", &PARENT[3..35], &PARENT[36..52]] {
                assert!(line.contains(part), "{part}: {line}");
            }
        }
    }
}

async fn what_is_no_trace_context_is_left_out() {
    let router = McpServer::new("traced").build().unwrap().router();
    for trace in [
        json!({}),
        json!({ "traceparent": "x", "tracestate": "a=1" }),
        json!({ "traceparent": 7 }),
        json!({ "baggage": "user=7" }),
    ] {
        let draft = with_trace(Draft::call("traced", json!({})), trace.clone());
        let result = draft.send(&router).await.result();
        assert_eq!(result["structuredContent"], json!([null, null, null]), "{trace}");
    }
}
