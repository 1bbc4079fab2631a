use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(secret)] _key: State<String>) {}

fn main() {}
