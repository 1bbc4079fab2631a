use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(scopes("files:read", "größe"))]
fn tool() {}

fn main() {}
