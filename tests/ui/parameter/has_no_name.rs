use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(_: i64) {}

fn main() {}
