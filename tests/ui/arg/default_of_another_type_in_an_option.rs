use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(default = 1)] value: Option<String>) {
    drop(value);
}

fn main() {}
