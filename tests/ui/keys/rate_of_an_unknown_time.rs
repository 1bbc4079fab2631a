use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(rate = "10/minute")]
fn tool() {}

fn main() {}
