use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(example = true)] value: String) {
    drop(value);
}

fn main() {}
