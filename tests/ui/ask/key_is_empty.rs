use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[ask("Sure?", key = "")] _sure: bool) {}

fn main() {}
