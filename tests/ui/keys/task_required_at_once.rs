use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(task = "required")]
fn tool() {}

fn main() {}
