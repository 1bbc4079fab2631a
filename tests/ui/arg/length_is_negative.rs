use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(max_length = -1)] value: String) {
    drop(value);
}

fn main() {}
