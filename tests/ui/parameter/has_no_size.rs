use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(_path: str) {}

fn main() {}
