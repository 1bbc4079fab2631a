use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(scopes = "a")]
fn tool() {}

fn main() {}
