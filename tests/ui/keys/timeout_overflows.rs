use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(timeout = "99999999999999d")]
fn tool() {}

fn main() {}
