use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
struct Tool;

fn main() {}
