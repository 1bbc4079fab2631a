use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(min_length = 1, default = "")] value: String) {
    drop(value);
}

fn main() {}
