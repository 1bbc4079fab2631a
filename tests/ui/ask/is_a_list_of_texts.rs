use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[ask("Which?")] _names: Vec<String>) {}

fn main() {}
