use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(name = "my tool")]
fn tool() {}

fn main() {}
