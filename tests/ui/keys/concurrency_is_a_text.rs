use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(concurrency = "4")]
fn tool() {}

fn main() {}
