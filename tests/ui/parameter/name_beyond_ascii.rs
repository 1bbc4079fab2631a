use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(größe: i64) {}

fn main() {}
