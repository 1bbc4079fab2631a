//! Tools, and a prompt, of several rounds: in 2026-07-28 each is begun again with what was answered.

use mcp_server::{Sampling, prelude::*};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::try_join;

#[derive(Form, Deserialize, JsonSchema)]
pub(crate) struct Name {
    pub(crate) name: String,
}

#[derive(Form, Deserialize, JsonSchema)]
struct Color {
    color: String,
}

#[derive(Form, Deserialize, JsonSchema)]
struct Consent {
    ok: bool,
}

#[derive(Form, Deserialize, JsonSchema)]
struct Background {
    context: String,
}

/// Asks for a name, and greets.
#[mcp_tool]
async fn test_input_required_result_elicitation(ctx: Ctx) -> Result<String, ToolError> {
    let Name { name } = ctx.elicit("What is your name?").ask_as("user_name").await?;
    Ok(format!("Hello, {name}!"))
}

/// Asks the client's model.
#[mcp_tool]
async fn test_input_required_result_sampling(ctx: Ctx) -> Result<String, ToolError> {
    Ok(ctx.sample(capital()).await?.text())
}

/// Asks where the client works.
#[mcp_tool]
async fn test_input_required_result_list_roots(ctx: Ctx) -> Result<String, ToolError> {
    Ok(format!("The client has {} roots.", ctx.roots().await?.len()))
}

/// Takes a step, asks for consent, and says what the step came to.
#[mcp_tool]
async fn test_input_required_result_request_state(ctx: Ctx) -> Result<String, ToolError> {
    with_state(&ctx).await
}

/// Does the same, for a client that changes the state.
#[mcp_tool]
async fn test_input_required_result_tampered_state(ctx: Ctx) -> Result<String, ToolError> {
    with_state(&ctx).await
}

async fn with_state(ctx: &Ctx) -> Result<String, ToolError> {
    let begun = ctx.step("begin", async { Ok::<_, ToolError>("state-ok".to_owned()) }).await?;
    let consent: Consent = ctx.elicit("Go on?").await?;
    Ok(if consent.ok { begun } else { "Stopped.".to_owned() })
}

/// Asks for a name, the client's model, and for roots, all at once.
#[mcp_tool]
async fn test_input_required_result_multiple_inputs(ctx: Ctx) -> Result<String, ToolError> {
    let (Name { name }, capital, roots) = try_join!(
        ctx.elicit("What is your name?").ask_as("name"),
        ctx.sample(capital()).ask_as("capital"),
        ctx.roots().ask_as("roots"),
    )?;
    Ok(format!("{name} has {} roots. {}", roots.len(), capital.text()))
}

/// Asks for a name, and then for a colour.
#[mcp_tool]
async fn test_input_required_result_multi_round(ctx: Ctx) -> Result<String, ToolError> {
    let Name { name } = ctx.elicit("What is your name?").ask_as("name").await?;
    let Color { color } = ctx.elicit(format!("{name}, which colour do you like?")).ask_as("color").await?;
    Ok(format!("{name} likes {color}."))
}

/// Asks what the client can be asked: its model, or its user.
#[mcp_tool]
async fn test_input_required_result_capabilities(ctx: Ctx) -> Result<String, ToolError> {
    if ctx.client_can_sample() {
        return Ok(ctx.sample(capital()).await?.text());
    }
    let Name { name } = ctx.elicit("What is your name?").await?;
    Ok(format!("Hello, {name}!"))
}

fn capital() -> Sampling {
    Sampling::from("What is the capital of France?").max_tokens(100)
}

/// Asks for its background.
#[mcp_prompt]
async fn test_input_required_result_prompt(ctx: Ctx) -> Result<String, ToolError> {
    let Background { context } = ctx.elicit("What is it about?").ask_as("user_context").await?;
    Ok(format!("Keep this in mind: {context}"))
}
