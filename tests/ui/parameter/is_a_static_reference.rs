use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(_path: &'static str) {}

fn main() {}
