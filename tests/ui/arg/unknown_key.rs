use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(minimum = 1)] value: i64) {
    drop(value);
}

fn main() {}
