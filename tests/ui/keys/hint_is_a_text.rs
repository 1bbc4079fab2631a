use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(read_only = "yes")]
fn tool() {}

fn main() {}
