use mcp_server::prelude::*;

/// Gives bytes, and doesn't say of what.
#[mcp_tool]
fn tool() -> Vec<u8> {
    todo!()
}

fn main() {}
