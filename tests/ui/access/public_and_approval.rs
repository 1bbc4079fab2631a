use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(approval = true, public)]
fn tool() {}

fn main() {}
