use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(pattern = "^1$")] value: Option<u32>) {
    drop(value);
}

fn main() {}
