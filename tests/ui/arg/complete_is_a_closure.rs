use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review(#[arg(complete = |_| Vec::new())] code: String) -> String {
    format!("{code:?}")
}

fn main() {}
