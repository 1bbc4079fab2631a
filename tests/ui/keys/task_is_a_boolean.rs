use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(task = true)]
fn tool() {}

fn main() {}
