use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(_counter: State<std::cell::Cell<u64>>) {}

fn main() {}
