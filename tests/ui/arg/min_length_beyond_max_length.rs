use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(min_length = 10, max_length = 1)] value: String) {
    drop(value);
}

fn main() {}
