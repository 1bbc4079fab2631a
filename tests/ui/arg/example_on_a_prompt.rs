use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review(#[arg(example = "fn main() {}")] code: String) -> String {
    format!("{code:?}")
}

fn main() {}
