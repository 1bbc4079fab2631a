use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(scope = "")]
fn tool() {}

fn main() {}
