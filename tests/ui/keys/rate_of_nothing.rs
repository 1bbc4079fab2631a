use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(rate = "0/min")]
fn tool() {}

fn main() {}
