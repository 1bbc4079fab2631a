use mcp_server::prelude::*;

#[mcp_completion]
fn languages(typed: String) -> Vec<String> {
    vec![typed]
}

fn main() {}
