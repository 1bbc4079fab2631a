use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(task = "forbidden")]
fn tool() {}

fn main() {}
