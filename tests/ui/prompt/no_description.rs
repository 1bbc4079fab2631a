use mcp_server::prelude::*;

#[mcp_prompt]
fn review(code: String) -> String {
    code
}

fn main() {}
