use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(scope = "a\"b")]
fn tool() {}

fn main() {}
