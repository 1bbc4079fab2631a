use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(scopes("a", 1))]
fn tool() {}

fn main() {}
