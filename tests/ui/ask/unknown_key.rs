use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[ask("Sure?", keys = "sure")] _sure: bool) {}

fn main() {}
