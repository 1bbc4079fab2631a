use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(_größe: i64) {}

fn main() {}
