use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg()] value: i64) {
    drop(value);
}

fn main() {}
