use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(public, scope = "files:read")]
fn tool() {}

fn main() {}
