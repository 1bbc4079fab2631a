//! A server that offers everything there is, as fully as it can be said.

use axum::Router;
use mcp_server::{
    Annotations, Audio, EmbeddedResource, Image, Invocation, ResourceLink, Role, Text, Tool, prelude::*,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

/// Serves it, in pages that no listing fits on.
pub(crate) fn router() -> Router {
    let server = McpServer::new("full")
        .title("Full")
        .version("1.2.3")
        .icon("https://example.com/server.png")
        .instructions("Ask for everything.")
        .tool(noted())
        .page_size(3);
    server.build().expect("a server").router()
}

/// Annotations with every member.
pub(crate) fn annotations() -> Annotations {
    Annotations {
        audience: vec![Role::User, Role::Assistant],
        priority: Some(0.5),
        last_modified: Some("2026-07-28T00:00:00Z".to_owned()),
    }
}

#[derive(Serialize, JsonSchema)]
struct Point {
    x: i64,
    // Nothing is said of it, so its schema is `true`.
    anything: Value,
}

/// Everything that a listing can show.
#[mcp_tool(
    title = "Full",
    icon = "https://example.com/tool.png",
    meta = r#"{"com.example/k": 1}"#,
    read_only,
    destructive = false,
    idempotent,
    open_world = false
)]
fn full(text: Option<String>) -> Point {
    Point { x: 1, anything: text.into() }
}

/// A value that is no object.
#[mcp_tool]
fn number() -> i64 {
    7
}

/// A value that is a list.
#[mcp_tool]
fn list() -> Vec<i64> {
    vec![1, 2]
}

/// A value that may be anything.
#[mcp_tool]
fn anything() -> Value {
    json!("x")
}

/// A result with `_meta`, and an argument of any type.
fn noted() -> Tool {
    Tool::new("noted", "A result with `_meta`.", |_: Invocation| async {
        Ok(ToolResult::text("noted").meta("com.example/k", 1))
    })
    .input_schema(json!({ "type": "object", "properties": { "any": true } }))
}

/// Every kind of content.
#[mcp_tool]
fn content() -> Vec<Content> {
    vec![
        Text::new("hi").into(),
        Image::new([1, 2], "image/png").into(),
        Audio::new([3], "audio/wav").into(),
        link().into(),
        EmbeddedResource::text("a://text", "text/plain", "hi").into(),
        EmbeddedResource::blob("a://blob", "image/png", [4]).into(),
    ]
}

/// Every kind of content, with everything that a block can carry beside itself.
#[mcp_tool]
fn annotated_content() -> Vec<Content> {
    let blob = EmbeddedResource::blob("a://blob", "image/png", [4]);
    vec![
        Text::new("hi").annotations(annotations()).meta("com.example/k", 1).into(),
        Image::new([1, 2], "image/png").annotations(annotations()).meta("com.example/k", 1).into(),
        Audio::new([3], "audio/wav").annotations(annotations()).meta("com.example/k", 1).into(),
        link().annotations(annotations()).meta("com.example/k", 1).into(),
        blob.annotations(annotations()).meta("com.example/k", 1).into(),
    ]
}

fn link() -> ResourceLink {
    ResourceLink::new("a://link", "link")
        .title("Link")
        .description("What it is.")
        .mime_type("text/plain")
        .size(3)
}

/// Says everything that a running call can say.
#[mcp_tool]
async fn talk(ctx: Ctx) {
    ctx.progress(1.0).of(2.0).message("half").await;
    ctx.log(Level::Warning, json!({"k": 1})).logger("part").await;
}

/// Fails, and says why.
#[mcp_tool]
fn fail() -> Result<(), ToolError> {
    Err(ToolError::tell("not today"))
}

/// Fails, and doesn't say why.
#[mcp_tool]
fn fail_masked() -> Result<(), ToolError> {
    Err(std::io::Error::other("the password is 1234"))?
}

/// Panics.
#[mcp_tool]
fn panic() {
    panic!("on purpose");
}

/// Needs the client's model.
#[mcp_tool]
fn need_sampling() -> Result<(), ToolError> {
    Err(ToolError::needs_client_capability(json!({ "sampling": {} })))
}
