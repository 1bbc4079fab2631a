use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt(name = "re view")]
fn review(code: String) -> String {
    code
}

fn main() {}
