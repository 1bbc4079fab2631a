use mcp_server::{Arguments, prelude::*};

/// Write a text file into the workspace.
#[mcp_tool(
    scopes("files:read", "files:write"),
    approval("second_person", when = rules::is_large, ttl = "10m", remember = "1h", message = "Overwrite {path}?"),
    destructive,
    idempotent = false,
    timeout = "30s",
    rate = "10/min",
    concurrency = 4,
    task
)]
#[cfg(unix)]
async fn write_file(
    path: String,
    mut text: String,
    workspace: State<Workspace>,
    ctx: Ctx,
) -> Result<(), ToolError> {
    text.push('\n');
    ctx.progress(0.5).await;
    workspace.write(&path, &text).await
}
