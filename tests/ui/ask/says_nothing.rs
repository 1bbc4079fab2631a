use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[ask] _sure: bool) {}

fn main() {}
