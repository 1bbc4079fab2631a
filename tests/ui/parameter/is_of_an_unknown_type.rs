use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(_a: Strin) {}

fn main() {}
