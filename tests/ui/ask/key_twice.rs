use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[ask("Sure?", key = "a")] _sure: bool, #[ask("Really?", key = "a")] _really: bool) {}

fn main() {}
