use mcp_server::prelude::*;

#[mcp_tool(description = "")]
fn tool() {}

fn main() {}
