use mcp_server::prelude::*;

#[mcp_completion(promt = "review", arg = "language")]
fn languages(typed: String) -> Vec<String> {
    vec![typed]
}

fn main() {}
