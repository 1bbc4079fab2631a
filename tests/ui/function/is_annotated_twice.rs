use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
#[mcp_tool(name = "other")]
fn tool() {}

fn main() {}
