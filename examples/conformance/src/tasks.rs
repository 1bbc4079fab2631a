//! Tools that become tasks, for clients that know them.

use std::time::Duration;

use mcp_server::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tokio::{time::sleep, try_join};

use crate::rounds::Name;

#[derive(Form, Deserialize, JsonSchema)]
struct Deletion {
    confirm: bool,
}

/// Greets, at once.
#[mcp_tool]
fn greet(name: String) -> String {
    format!("Hello, {name}!")
}

/// Computes for a while.
#[mcp_tool(task)]
async fn slow_compute(
    /// How long it takes, in seconds
    #[arg(min = 0, max = 3600)]
    seconds: u64,
    /// What to call it
    label: Option<String>,
) -> String {
    sleep(Duration::from_secs(seconds)).await;
    format!("Computed {} in {seconds} s.", label.as_deref().unwrap_or("it"))
}

/// Fails after a while, and tells the model so.
#[mcp_tool(task = "required")]
async fn failing_job() -> Result<String, ToolError> {
    sleep(Duration::from_secs(1)).await;
    Err(ToolError::tell("This job always fails."))
}

/// Needs what no client has, which is an error of the protocol.
#[mcp_tool(task)]
async fn protocol_error_job() -> Result<String, ToolError> {
    Err(ToolError::needs_client_capability(json!({ "experimental": { "nobody-has-this": {} } })))
}

/// Asks before it deletes a file, which it does not have.
#[mcp_tool(task)]
async fn confirm_delete(filename: String, ctx: Ctx) -> Result<String, ToolError> {
    let deletion: Deletion = ctx.elicit(format!("Delete {filename}?")).await?;
    Ok(if deletion.confirm { format!("Deleted {filename}.") } else { format!("Kept {filename}.") })
}

/// Asks for two names at once.
#[mcp_tool(task)]
async fn multi_input(ctx: Ctx) -> Result<String, ToolError> {
    let (first, second): (Name, Name) =
        try_join!(ctx.elicit("What is your first name?"), ctx.elicit("What is your last name?"))?;
    Ok(format!("Hello, {} {}!", first.name, second.name))
}

/// Asks for a name, and greets in a task.
#[mcp_tool(task = "required")]
async fn test_tool_with_task(#[ask("What is your name?", key = "user_name")] user: Name) -> String {
    format!("Hello, {}!", user.name)
}
