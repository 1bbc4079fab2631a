use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(_path: impl Into<String>) {}

fn main() {}
