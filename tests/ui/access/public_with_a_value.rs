use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(public = true)]
fn tool() {}

fn main() {}
