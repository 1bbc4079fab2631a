use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today")]
async fn note() -> Result<Option<u8>, ToolError> {
    Ok(None)
}

fn main() {}
