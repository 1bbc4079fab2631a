use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[ask(QUESTION)] _sure: bool) {}

fn main() {}
