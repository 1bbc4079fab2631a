use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(start, authenticated)]
fn tool() {}

fn main() {}
