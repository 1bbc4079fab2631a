use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(scope = "a", scope = "b")]
fn tool() {}

fn main() {}
