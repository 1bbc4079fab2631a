use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(scope = "files:read", start = true)]
fn tool() {}

fn main() {}
