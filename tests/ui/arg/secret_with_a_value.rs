use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(secret = true)] value: String) {
    drop(value);
}

fn main() {}
