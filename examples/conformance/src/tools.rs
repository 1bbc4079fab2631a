//! Tools that answer at once: every kind of content, and every way to fail.

use mcp_server::{Audio, EmbeddedResource, Image, prelude::*};

use crate::media;

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
