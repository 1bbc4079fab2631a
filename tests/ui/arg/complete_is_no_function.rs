use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review(#[arg(complete = LANGUAGES)] code: String) -> String {
    format!("{code:?}")
}

const LANGUAGES: [&str; 1] = ["rust"];

fn main() {}
