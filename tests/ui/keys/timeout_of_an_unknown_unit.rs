use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(timeout = "30sec")]
fn tool() {}

fn main() {}
