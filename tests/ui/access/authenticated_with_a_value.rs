use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(authenticated = true)]
fn tool() {}

fn main() {}
