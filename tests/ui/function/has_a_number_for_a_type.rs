use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool<const N: usize>(numbers: [u8; N]) {
    drop(numbers);
}

fn main() {}
