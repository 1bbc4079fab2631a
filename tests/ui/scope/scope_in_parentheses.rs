use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(scope("a"))]
fn tool() {}

fn main() {}
