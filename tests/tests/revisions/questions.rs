//! What a function asks, and how a client is asked it. Everything is asked of every client, and every client can answer
//! everything that its revision has.

use mcp_server::{FormSchema, Sampling, prelude::*};
use mcp_tests::{
    client::{Client, NEVER},
    wire::MODERN,
};
use serde_json::{Value, json};

/// What the client declares.
pub(crate) fn capabilities() -> Value {
    json!({
        "elicitation": { "form": {}, "url": {} },
        "sampling": { "tools": {} },
        "roots": {},
        "extensions": { "io.modelcontextprotocol/tasks": {} },
    })
}

/// What a form can hold since 2025-06-18.
pub(crate) fn form() -> Value {
    json!({
        "type": "object",
        "properties": {
            "text": {
                "type": "string",
                "title": "Text",
                "description": "Any text.",
                "minLength": 1,
                "maxLength": 9,
                "default": "a",
            },
            "choice": {
                "type": "string",
                "oneOf": [{ "const": "x", "title": "This" }, { "const": "y", "title": "That" }],
            },
            "number": { "type": "number", "minimum": 1, "maximum": 9 },
            "flag": { "type": "boolean", "default": true },
        },
        "required": ["text"],
    })
}

/// What a form can hold since 2025-11-25.
pub(crate) fn several() -> Value {
    json!({
        "type": "object",
        "properties": { "several": { "type": "array", "items": { "type": "string", "enum": ["x", "y"] } } },
    })
}

async fn fill_in(ctx: Ctx, form: Value) -> Result<String, ToolError> {
    let form = FormSchema::from_value(form).expect("a form");
    Ok(Value::Object(ctx.elicit_form("Fill this in.", form).await?).to_string())
}

/// Asks the user with a form.
#[mcp_tool]
async fn ask_form(ctx: Ctx) -> Result<String, ToolError> {
    fill_in(ctx, form()).await
}

/// Asks the user for several choices.
#[mcp_tool]
async fn ask_several(ctx: Ctx) -> Result<String, ToolError> {
    fill_in(ctx, several()).await
}

/// Sends the user to a page.
#[mcp_tool]
async fn ask_page(ctx: Ctx) -> Result<String, ToolError> {
    ctx.elicit_url("Sign in.", "https://example.com/sign-in").await?;
    Ok("opened".to_owned())
}

/// Asks the model.
#[mcp_tool]
async fn ask_model(ctx: Ctx) -> Result<String, ToolError> {
    let question = Sampling::from("What is the capital of France?").max_tokens(100);
    let question = question.system_prompt("Be short.").temperature(0.5).stop_sequence(".").hint("m");
    Ok(ctx.sample(question.speed_priority(1.0)).await?.text())
}

/// Asks the model, which may use a tool.
#[mcp_tool]
async fn ask_model_with_tools(ctx: Ctx) -> Result<String, ToolError> {
    let question = Sampling::from("What is the capital of France?").max_tokens(100);
    Ok(ctx.sample(question.tool("look_up", "Looks it up.", json!({ "type": "object" }))).await?.text())
}

/// Asks for the roots.
#[mcp_tool]
async fn ask_roots(ctx: Ctx) -> Result<String, ToolError> {
    Ok(ctx.roots().await?.iter().map(|root| root.uri.as_str()).collect())
}

/// Asks two things, and waits for one answer.
#[mcp_tool]
async fn ask_twice(ctx: Ctx) -> Result<String, ToolError> {
    tokio::select! {
        _ = ctx.sample(NEVER) => Ok("the first".to_owned()),
        answer = ctx.sample("And you?") => Ok(answer?.text()),
    }
}

/// Asks in a prompt.
#[mcp_prompt]
async fn asking(ctx: Ctx) -> Result<String, ToolError> {
    ask_model(ctx).await
}

/// Asks in a resource.
#[mcp_resource("q://asking", name = "asking")]
async fn asking_resource(ctx: Ctx) -> Result<String, ToolError> {
    ask_model(ctx).await
}

/// What is asked, by the tool's name, and what comes of it.
pub(crate) async fn asked(client: &Client) -> Value {
    let mut seen = json!({ "way": way(client) });
    for (tool, gives) in [
        ("ask_form", r#"{"text":"x","choice":"x","number":7,"flag":true}"#),
        ("ask_several", r#"{"several":["x"]}"#),
        ("ask_page", "opened"),
        ("ask_model", "Paris"),
        ("ask_model_with_tools", "Paris"),
        ("ask_roots", "file:///a"),
    ] {
        let params = json!({ "name": tool, "arguments": {} });
        let (mut asked, said) = client.ask_through("tools/call", params).await;
        let (revision, result) = (client.revision(), said.result());
        let is_asked = !asked.is_empty();
        assert_eq!(result["isError"] == true, !is_asked, "{revision}: {result}");
        assert!(!is_asked || result["content"][0]["text"] == gives, "{revision}: {result}");
        if is_asked {
            seen[tool] = asked.remove(0)["params"].take();
            assert!(asked.is_empty(), "{revision}: {asked:?}");
        } else {
            seen["refused"][tool] = result["content"][0]["text"].clone();
        }
    }
    elsewhere(client).await;
    withdrawn(client).await;
    seen
}

fn way(client: &Client) -> &'static str {
    if client.revision() == MODERN { "a result: `input_required`" } else { "a request" }
}

/// Prompts and resources ask too.
async fn elsewhere(client: &Client) {
    for (method, params, place) in [
        ("prompts/get", json!({ "name": "asking" }), "/messages/0/content/text"),
        ("resources/read", json!({ "uri": "q://asking" }), "/contents/0/text"),
    ] {
        let (asked, said) = client.ask_through(method, params).await;
        let (revision, result) = (client.revision(), said.result());
        assert_eq!(asked.len(), 1, "{revision}: {asked:?}");
        assert_eq!(result.pointer(place), Some(&json!("Paris")), "{revision}: {result}");
    }
}

/// What nobody waits for any more is not asked any more.
async fn withdrawn(client: &Client) {
    let params = json!({ "name": "ask_twice", "arguments": {} });
    let (asked, said) = client.ask_through("tools/call", params).await;
    assert_eq!(asked.len(), 2, "{}: {asked:?}", client.revision());
    let cancelled = said.before.iter().any(|message| message["method"] == "notifications/cancelled");
    assert_eq!(cancelled, client.revision() != MODERN, "{}: {said:?}", client.revision());
    assert_eq!(said.result()["content"][0]["text"], "Paris");
}
