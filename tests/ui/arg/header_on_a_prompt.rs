use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review(#[arg(header = "Code")] code: String) -> String {
    format!("{code:?}")
}

fn main() {}
