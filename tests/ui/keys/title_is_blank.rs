use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(title = " ")]
fn tool() {}

fn main() {}
