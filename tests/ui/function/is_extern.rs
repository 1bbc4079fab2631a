use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
extern "C" fn tool() {}

fn main() {}
