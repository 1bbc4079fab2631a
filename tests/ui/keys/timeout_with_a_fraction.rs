use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(timeout = "1.5h")]
fn tool() {}

fn main() {}
