use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(concurrency = 0)]
fn tool() {}

fn main() {}
