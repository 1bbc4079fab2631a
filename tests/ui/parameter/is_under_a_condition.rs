use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[cfg(unix)] _a: i64) {}

fn main() {}
