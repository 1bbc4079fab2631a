//! How long a call may take whose function says nothing else.

use std::time::Duration;

use axum::Router;
use mcp_server::{Ctx, FromCall, Invocation, McpServer, Tool, ToolResult};
use mcp_tests::{
    sse::Stream,
    wire::{Draft, LEGACY, open_session},
};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

fn works_for(time: Duration) -> Tool {
    Tool::new("works", "Works and says how far it is.", move |call: Invocation| async move {
        let ctx = Ctx::from_call(&call.call)?;
        let end = Instant::now() + time;
        while Instant::now() < end {
            ctx.progress(0.5).await;
            sleep(Duration::from_secs(2)).await;
        }
        Ok(ToolResult::text("done"))
    })
}

fn server(time: Duration) -> McpServer {
    McpServer::new("times").only(["works"]).tool(works_for(time))
}

/// The last message of the answer.
async fn last(router: &Router, call: &Draft) -> Value {
    let mut stream = Stream::open(router, call).await;
    let mut last = Value::Null;
    while let Some(event) = stream.next().await {
        last = event.message().unwrap_or(last);
    }
    last
}

/// Progress doesn't prolong it.
#[tokio::test(start_paused = true)]
async fn tr_20_a_call_has_ten_minutes_unless_it_says_otherwise() {
    let call = Draft::call("works", json!({})).meta("progressToken", json!("t"));
    for (minutes, is_stopped) in [(9, false), (11, true)] {
        let router = server(Duration::from_mins(minutes)).build().expect("a server").router();
        let begun = Instant::now();
        let last = last(&router, &call).await;
        assert_eq!(last["result"]["isError"] == json!(true), is_stopped, "{last}");
        let limit = if is_stopped { 10 } else { minutes };
        assert!(
            begun.elapsed() < Duration::from_mins(limit) + Duration::from_secs(30),
            "{:?}",
            begun.elapsed()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_may_allow_more() {
    let server = server(Duration::from_mins(30)).call_timeout(Duration::from_hours(1));
    let router = server.build().expect("a server").router();
    let session = open_session(&router, LEGACY).await;
    let call = Draft::legacy(&session, "tools/call", json!({ "name": "works", "arguments": {} }));
    let call = call.meta("progressToken", json!("t"));
    let last = last(&router, &call).await;
    assert_eq!(last["result"]["content"][0]["text"], json!("done"), "{last}");
}
