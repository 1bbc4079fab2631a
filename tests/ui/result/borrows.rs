use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool() -> &str {
    "text"
}

fn main() {}
