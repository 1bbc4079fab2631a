use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(timeout = "30")]
fn tool() {}

fn main() {}
