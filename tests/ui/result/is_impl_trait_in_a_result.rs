use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool() -> Result<impl std::fmt::Display, ToolError> {
    Ok("text")
}

fn main() {}
