use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(scope = "files:read files:write")]
fn tool() {}

fn main() {}
