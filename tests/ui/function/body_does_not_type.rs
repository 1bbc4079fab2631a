use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(name: String) -> i64 {
    name
}

fn main() {}
