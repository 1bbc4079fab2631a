use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(scopes("a", b = "c"))]
fn tool() {}

fn main() {}
