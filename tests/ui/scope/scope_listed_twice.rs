use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(scopes("a", "b", "a"))]
fn tool() {}

fn main() {}
