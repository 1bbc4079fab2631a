use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(max = 300)] value: u8) {
    drop(value);
}

fn main() {}
