use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(start)]
fn tool() {}

fn main() {}
