use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(name = NAME)]
fn tool() {}

fn main() {}
