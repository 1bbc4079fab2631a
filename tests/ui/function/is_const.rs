use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
const fn tool() {}

fn main() {}
