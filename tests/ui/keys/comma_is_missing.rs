use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(read_only idempotent)]
fn tool() {}

fn main() {}
