use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(scope = "a", scopes("b", "c"))]
fn tool() {}

fn main() {}
