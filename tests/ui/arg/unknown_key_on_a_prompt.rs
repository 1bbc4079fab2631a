use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review(#[arg(completes = languages)] code: String) -> String {
    format!("{code:?}")
}

fn main() {}
