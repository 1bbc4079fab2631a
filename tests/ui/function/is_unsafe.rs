use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
unsafe fn tool() {}

fn main() {}
