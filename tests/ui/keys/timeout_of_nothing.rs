use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(timeout = "0s")]
fn tool() {}

fn main() {}
