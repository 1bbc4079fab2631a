use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(public, authenticated)]
fn tool() {}

fn main() {}
