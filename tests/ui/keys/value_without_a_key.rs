use mcp_server::prelude::*;

/// Does something.
#[mcp_tool("tool")]
fn tool() {}

fn main() {}
