//! The server that the official conformance suite and the real clients are run against.

mod contact;
mod media;

use std::time::Duration;

use mcp_server::{Audio, EmbeddedResource, Image, prelude::*};
use tokio::time::sleep;

const PAUSE: Duration = Duration::from_millis(50);

/// Add two numbers.
#[mcp_tool(read_only, open_world = false)]
fn add(
    /// First addend
    a: i64,
    /// Second addend
    b: i64,
) -> i64 {
    a.wrapping_add(b)
}

/// Returns a text.
#[mcp_tool]
fn test_simple_text() -> &'static str {
    "This is a simple text response for testing."
}

/// Returns an image.
#[mcp_tool]
fn test_image_content() -> Image {
    Image::new(media::PNG, "image/png")
}

/// Returns a sound.
#[mcp_tool]
fn test_audio_content() -> Audio {
    Audio::new(media::WAV, "audio/wav")
}

/// Returns a resource in the result.
#[mcp_tool]
fn test_embedded_resource() -> EmbeddedResource {
    EmbeddedResource::text("test://embedded-resource", "text/plain", "This is an embedded resource content.")
}

/// Returns a text, an image and a resource.
#[mcp_tool]
fn test_multiple_content_types() -> Vec<Content> {
    let json = r#"{"test":"data","value":123}"#;
    vec![
        Content::text("Multiple content types test:"),
        Image::new(media::PNG, "image/png").into(),
        EmbeddedResource::text("test://mixed-content-resource", "application/json", json).into(),
    ]
}

/// Fails, and tells the model so.
#[mcp_tool]
fn test_error_handling() -> Result<String, ToolError> {
    Err(ToolError::tell("This tool intentionally returns an error for testing"))
}

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

/// Takes an argument that clients repeat in a header.
#[mcp_tool]
fn test_x_mcp_header(#[arg(header = "Region")] region: String) -> String {
    format!("The region is {region}.")
}

/// Needs a client that lets servers sample its model.
#[mcp_tool]
fn test_missing_capability(ctx: Ctx) -> Result<&'static str, ToolError> {
    if ctx.client_can_sample() {
        return Ok("The client can sample.");
    }
    Err(ToolError::needs_client_capability(serde_json::json!({ "sampling": {} })))
}

/// Streams before it answers.
#[mcp_tool]
async fn test_streaming_elicitation(ctx: Ctx) -> &'static str {
    ctx.progress(1.0).of(2.0).await;
    "Streamed."
}

#[tokio::main]
async fn main() -> Result<(), mcp_server::Error> {
    McpServer::new("conformance")
        .title("Conformance fixture")
        .version(env!("CARGO_PKG_VERSION"))
        .tool(contact::tool())
        .run()
        .await
}
