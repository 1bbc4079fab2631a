use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(public, start)]
fn tool() {}

fn main() {}
