use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[ask("Sure?", key = "are you sure")] _sure: bool) {}

fn main() {}
