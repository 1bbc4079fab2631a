use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(name =)]
fn tool() {}

fn main() {}
