use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt(titel = "Review")]
fn review(code: String) -> String {
    code
}

fn main() {}
