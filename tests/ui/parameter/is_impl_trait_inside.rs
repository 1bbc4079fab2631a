use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(_paths: Vec<impl Into<String>>) {}

fn main() {}
