use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool() -> i64 {
    let 1 = ;
}

fn main() {}
