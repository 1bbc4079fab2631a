use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(_numbers: [i64]) {}

fn main() {}
