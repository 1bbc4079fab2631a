use mcp_server::prelude::*;

#[mcp_tool]
fn tool() {}

fn main() {}
