use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(discription = "Does something.")]
fn tool() {}

fn main() {}
