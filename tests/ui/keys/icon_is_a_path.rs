use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(icon = "icon.png")]
fn tool() {}

fn main() {}
