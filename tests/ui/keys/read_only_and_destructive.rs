use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(destructive, read_only)]
fn tool() {}

fn main() {}
