//! A server that offers everything there is, as fully as it can be said.

use std::time::Duration;

use mcp_server::{
    Annotations, Audio, CacheScope, Completing, Completion, EmbeddedResource, Image, Invocation, List,
    Prompt, PromptMessage, PromptResult, Resource, ResourceContents, ResourceLink, Role, Server, Text, Tool,
    prelude::*,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

/// What it is, in pages that no listing fits on.
pub(crate) fn server() -> Server {
    let mut server = McpServer::new("full")
        .title("Full")
        .version("1.2.3")
        .icon("https://example.com/server.png")
        .instructions("Ask for everything.")
        .tool(noted())
        .resource(text_resource())
        .resource(blob_resource())
        .resource(gone_resource())
        .resource(template())
        .prompt(full_prompt())
        .prompt(content_prompt())
        .prompt(annotated_prompt())
        .skills(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/conformance/skills"))
        .legacy_sse(true)
        .page_size(3);
    for n in 0..3 {
        server =
            server.resource(plain_resource(format!("c://{n}"))).prompt(plain_prompt(format!("plain_{n}")));
        server = server.resource(plain_resource(format!("c{n}://{{id}}")));
    }
    server.build().expect("a server")
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

/// A tool built by hand, with a result with `_meta` and an argument of any type.
fn noted() -> Tool {
    Tool::new("noted", "A result with `_meta`.", |_: Invocation| async {
        Ok(ToolResult::text("noted").meta("com.example/k", 1))
    })
    .icon("https://example.com/tool.png")
    .meta("com.example/k", 1)
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

/// A resource of which everything is said.
fn text_resource() -> Resource {
    Resource::new("a://text", "text", "A text.", |_: Invocation| async {
        Ok(ResourceContents::text("hi").meta("com.example/k", 1))
    })
    .title("Text")
    .mime_type("text/plain")
    .size(2)
    .annotations(annotations())
    .icon("https://example.com/resource.png")
    .meta("com.example/k", 1)
    .cache(Duration::from_mins(1), CacheScope::Public)
}

/// Bytes.
fn blob_resource() -> Resource {
    let read = |_: Invocation| async { Ok(ResourceContents::blob([4]).mime_type("image/png")) };
    Resource::new("a://blob", "blob", "Bytes.", read)
}

/// A resource that is listed, but isn't there any more.
fn gone_resource() -> Resource {
    Resource::new("a://gone", "gone", "Nothing.", |_: Invocation| async { Ok(None::<String>) })
}

/// A template of which everything is said.
fn template() -> Resource {
    Resource::new("b://{id}", "template", "A text for each id.", |mut call: Invocation| async move {
        let id: String = call.argument("id")?;
        Ok(id)
    })
    .title("Template")
    .mime_type("text/plain")
    .annotations(annotations())
    .icon("https://example.com/template.png")
    .meta("com.example/k", 1)
    .complete("id", ids)
}

fn ids(typed: Completing) -> Vec<String> {
    vec![format!("{}-1", typed.value)]
}

/// A resource that others stand beside.
pub(crate) fn plain_resource(uri: String) -> Resource {
    let name = uri.replace([':', '/', '{', '}'], "_");
    Resource::new(uri, name, "One of several.", |_: Invocation| async { Ok("plain") })
}

/// A prompt of which everything is said.
fn full_prompt() -> Prompt {
    Prompt::new("full", "Everything that a prompt can show.", |mut call: Invocation| async move {
        let text: String = call.argument("text")?;
        let messages = [PromptMessage::user(Text::new(text)), PromptMessage::assistant(Text::new("ok"))];
        Ok(PromptResult::new(messages).description("What it is now.").meta("com.example/k", 1))
    })
    .title("Full")
    .argument("text", "What to say", true)
    .argument("more", "What else to say", false)
    .icon("https://example.com/prompt.png")
    .meta("com.example/k", 1)
    .complete("text", texts)
}

async fn texts(typed: Completing) -> Completion {
    Completion::new([format!("{}y", typed.value)]).of(2)
}

/// A prompt with every kind of content.
fn content_prompt() -> Prompt {
    Prompt::new("content", "Every kind of content.", |_: Invocation| async {
        Ok(content().into_iter().map(PromptMessage::user).collect::<Vec<_>>())
    })
}

/// The same, with everything that a block can carry beside itself.
fn annotated_prompt() -> Prompt {
    Prompt::new("annotated_content", "Every kind of content, annotated.", |_: Invocation| async {
        Ok(annotated_content().into_iter().map(PromptMessage::user).collect::<Vec<_>>())
    })
}

/// A prompt that others stand beside.
pub(crate) fn plain_prompt(name: String) -> Prompt {
    Prompt::new(name, "One of several.", |_: Invocation| async { Ok("plain") })
}

/// A tool that others stand beside.
pub(crate) fn plain_tool(name: &'static str) -> Tool {
    Tool::new(name, "One of several.", |_: Invocation| async { Ok(ToolResult::text("plain")) })
}

/// Says that something has changed.
#[mcp_tool]
async fn touch(ctx: Ctx) {
    ctx.notify_resource_updated("a://text").await;
    ctx.notify_list_changed(List::Prompts).await;
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
