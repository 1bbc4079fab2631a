//! Functions that run as tasks.

use std::future::pending;

use mcp_server::{McpServer, prelude::*};
use mcp_tests::running::Running;

/// A server with all of them.
pub(super) fn server(running: &Running) -> McpServer {
    McpServer::new("tasks").legacy_sse(true).state(running.clone())
}

/// Hold something until the test lets it go.
#[mcp_tool(task)]
async fn holds(running: State<Running>) -> String {
    let _held = running.hold();
    running.finished().await;
    "finished".to_owned()
}

/// The same, and only as a task.
#[mcp_tool(task = "required")]
async fn must(running: State<Running>) -> String {
    let _held = running.hold();
    running.finished().await;
    "finished".to_owned()
}

/// Begin only when it is known for how many.
#[mcp_tool(task)]
async fn books(#[ask("For how many?")] guests: u8, running: State<Running>) -> String {
    let _held = running.hold();
    running.finished().await;
    format!("a table for {guests}")
}

/// Ask for a number, and hold something meanwhile.
#[mcp_tool(task)]
async fn number(ctx: Ctx, running: State<Running>) -> Result<String, ToolError> {
    let _held = running.hold();
    let number: u8 = ctx.elicit("A number?").await?;
    Ok(number.to_string())
}

/// Ask the same, again and again.
#[mcp_tool(task)]
async fn again(times: usize, ctx: Ctx) -> Result<String, ToolError> {
    let mut words = Vec::new();
    for _ in 0..times {
        words.push(ctx.elicit::<String>("A word?").await?);
        words.push(ctx.elicit::<String>("Another?").ask_as("other").await?);
    }
    Ok(words.join(" "))
}

/// Do something, ask two things at once, and do something with them.
#[mcp_tool(task)]
async fn both(ctx: Ctx, running: State<Running>) -> Result<String, ToolError> {
    running.finished().await;
    let (one, other) = tokio::join!(async { ctx.elicit::<String>("One?").await }, async {
        ctx.elicit::<String>("The other?").await
    });
    running.finished().await;
    Ok(format!("{}, {}", one?, other?))
}

/// Ask something long.
#[mcp_tool(task)]
async fn asks(bytes: usize, ctx: Ctx, running: State<Running>) -> Result<String, ToolError> {
    let _held = running.hold();
    Ok(ctx.elicit("?".repeat(bytes)).await?)
}

/// Say something long.
#[mcp_tool(task)]
async fn says(bytes: usize, running: State<Running>) -> String {
    let _held = running.hold();
    "x".repeat(bytes)
}

/// Tell how far it is and what it does, all the time.
#[mcp_tool(task)]
async fn chatters(ctx: Ctx) -> String {
    for n in 0..1_000_u32 {
        ctx.progress(f64::from(n)).await;
        ctx.log(Level::Error, n).await;
    }
    "all said".to_owned()
}

/// Have something done elsewhere, which holds something until the call is over.
#[mcp_tool(task)]
async fn elsewhere(ctx: Ctx, running: State<Running>) -> String {
    let held = running.hold();
    tokio::spawn(async move {
        ctx.cancelled().await;
        drop(held);
    });
    pending().await
}

/// Fail in one of several ways.
#[mcp_tool(task)]
async fn fails(how: String, ctx: Ctx, running: State<Running>) -> Result<String, ToolError> {
    let _held = running.hold();
    tokio::task::yield_now().await;
    match &*how {
        "told" => Err(ToolError::tell("There is no fish.")),
        "lacking" => Ok(ctx.sample("Hello?").await?.text()),
        _ => panic!("the kitchen burns"),
    }
}

/// Take longer than it may.
#[mcp_tool(task, timeout = "2s")]
async fn slow(running: State<Running>) -> String {
    let _held = running.hold();
    pending().await
}

/// Nothing that could be a task.
#[mcp_tool]
async fn plain() -> String {
    "plain".to_owned()
}
