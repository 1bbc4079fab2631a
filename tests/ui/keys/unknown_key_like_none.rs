use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(frobnicate)]
fn tool() {}

fn main() {}
