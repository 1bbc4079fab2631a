use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(pattern = "^(?=a)")] value: String) {
    drop(value);
}

fn main() {}
