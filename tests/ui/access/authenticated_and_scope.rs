use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(scope = "files:read", authenticated)]
fn tool() {}

fn main() {}
