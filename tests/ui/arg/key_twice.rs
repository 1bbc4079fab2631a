use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(min = 1, min = 2)] value: i64) {
    drop(value);
}

fn main() {}
