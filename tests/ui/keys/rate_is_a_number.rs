use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(rate = 10)]
fn tool() {}

fn main() {}
