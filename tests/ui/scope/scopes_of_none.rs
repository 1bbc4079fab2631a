use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(scopes())]
fn tool() {}

fn main() {}
