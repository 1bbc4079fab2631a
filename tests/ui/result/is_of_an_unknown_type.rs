use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool() -> Strin {
    todo!()
}

fn main() {}
