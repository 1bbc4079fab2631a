use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(name("tool"))]
fn tool() {}

fn main() {}
