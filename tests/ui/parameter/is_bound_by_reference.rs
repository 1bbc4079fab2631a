use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(ref _a: i64) {}

fn main() {}
