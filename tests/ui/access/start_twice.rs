use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(scope = "files:read", start, start)]
fn tool() {}

fn main() {}
