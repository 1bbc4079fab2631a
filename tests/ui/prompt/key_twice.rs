use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt(title = "a", title = "b")]
fn review(code: String) -> String {
    code
}

fn main() {}
