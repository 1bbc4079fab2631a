use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(_path: Box<dyn std::fmt::Debug>) {}

fn main() {}
