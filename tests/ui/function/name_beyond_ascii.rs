use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn größe() {}

fn main() {}
