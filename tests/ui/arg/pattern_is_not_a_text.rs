use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(pattern = 5)] value: String) {
    drop(value);
}

fn main() {}
