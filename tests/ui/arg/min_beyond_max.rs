use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(min = 10, max = 1)] value: i64) {
    drop(value);
}

fn main() {}
