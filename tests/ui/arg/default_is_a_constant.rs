use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(default = i64::MAX)] value: i64) {
    drop(value);
}

fn main() {}
