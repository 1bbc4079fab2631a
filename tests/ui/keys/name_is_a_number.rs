use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(name = 5)]
fn tool() {}

fn main() {}
