use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[ask(key = "sure", "Sure?")] _sure: bool) {}

fn main() {}
