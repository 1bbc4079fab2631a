use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(max = 1)] value: bool) {
    drop(value);
}

fn main() {}
