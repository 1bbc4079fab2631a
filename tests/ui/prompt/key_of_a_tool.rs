use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt(destructive)]
fn review(code: String) -> String {
    code
}

fn main() {}
