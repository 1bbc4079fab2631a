use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(title = "A", idempotent, title = "B")]
fn tool() {}

fn main() {}
