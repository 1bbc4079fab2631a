use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(task, blocking = true)]
fn tool() {}

fn main() {}
