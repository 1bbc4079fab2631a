use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review(#[arg(complete = languages)] code: String) -> String {
    format!("{code:?}")
}

fn languages(typed: String) -> Vec<String> {
    vec![typed]
}

fn main() {}
