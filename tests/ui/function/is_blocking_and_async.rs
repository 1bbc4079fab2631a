use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(blocking)]
async fn tool() {}

fn main() {}
