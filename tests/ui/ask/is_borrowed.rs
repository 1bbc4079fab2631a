use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[ask("Who?")] _name: &str) {}

fn main() {}
