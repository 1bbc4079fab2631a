use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool() -> impl std::fmt::Display {
    "text"
}

fn main() {}
