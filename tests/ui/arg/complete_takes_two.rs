use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review(#[arg(complete = languages)] code: String) -> String {
    format!("{code:?}")
}

fn languages(typed: Completing, limit: usize) -> Vec<String> {
    vec![typed.value; limit]
}

fn main() {}
