use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(meta = "[1]")]
fn tool() {}

fn main() {}
