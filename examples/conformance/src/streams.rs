//! Tools that say something before they answer.

use std::time::Duration;

use mcp_server::prelude::*;
use tokio::time::sleep;

const PAUSE: Duration = Duration::from_millis(50);

/// Reports progress.
#[mcp_tool]
async fn test_tool_with_progress(ctx: Ctx) -> &'static str {
    for done in [0.0, 50.0, 100.0] {
        ctx.progress(done).of(100.0).message(format!("Completed step {done} of 100")).await;
        sleep(PAUSE).await;
    }
    "Progress reported."
}

/// Logs to the client.
#[mcp_tool]
async fn test_tool_with_logging(ctx: Ctx) -> &'static str {
    for line in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
        ctx.log(Level::Info, line).await;
        sleep(PAUSE).await;
    }
    "Three messages logged."
}

/// Logs to the client, if the request asks for it.
#[mcp_tool]
async fn test_logging_tool(ctx: Ctx) -> &'static str {
    ctx.log(Level::Info, "Logging tool executed").await;
    "Logged."
}

/// Streams before it answers.
#[mcp_tool]
async fn test_streaming_elicitation(ctx: Ctx) -> &'static str {
    ctx.progress(1.0).of(2.0).await;
    "Streamed."
}

/// Lets the client go, and answers when it has come back.
#[mcp_tool]
async fn test_reconnection(ctx: Ctx) -> &'static str {
    ctx.close_stream(PAUSE).await;
    sleep(PAUSE).await;
    "The stream was closed, and taken up again."
}
