use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review(code: &str) -> String {
    code.to_owned()
}

fn main() {}
