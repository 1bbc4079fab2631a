use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool((_a, _b): (i32, i32)) {}

fn main() {}
