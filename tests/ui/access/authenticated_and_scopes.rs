use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(authenticated, scopes("files:read", "files:write"))]
fn tool() {}

fn main() {}
