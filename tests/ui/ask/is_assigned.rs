use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[ask = "Sure?"] _sure: bool) {}

fn main() {}
