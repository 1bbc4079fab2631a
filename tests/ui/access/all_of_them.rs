use mcp_server::prelude::*;

// 2 mistakes

/// Does something.
#[mcp_tool(public, authenticated, scope = "files:read")]
fn tool() {}

fn main() {}
