use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(min = 1i64)] value: i64) {
    drop(value);
}

fn main() {}
