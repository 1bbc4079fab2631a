use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[ask(1)] _sure: bool) {}

fn main() {}
