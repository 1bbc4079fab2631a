use mcp_server::prelude::*;

/// Gives bytes, or nothing.
#[mcp_tool]
fn tool() -> Result<Option<Vec<u8>>, ToolError> {
    todo!()
}

fn main() {}
