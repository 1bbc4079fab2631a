use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review() -> impl Into<String> {
    ""
}

fn main() {}
