use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool() -> _ {
    "text"
}

fn main() {}
