use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review() -> u8 {
    1
}

fn main() {}
