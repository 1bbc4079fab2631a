use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(blocking = true)]
fn tool() {}

fn main() {}
