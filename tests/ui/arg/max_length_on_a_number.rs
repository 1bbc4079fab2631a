use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(max_length = 1)] value: u32) {
    drop(value);
}

fn main() {}
