use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(min = 1)] value: String) {
    drop(value);
}

fn main() {}
