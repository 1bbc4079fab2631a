use mcp_server::prelude::*;

#[mcp_completion(prompt = "review", arg = "language", public)]
fn languages(typed: String) -> Vec<String> {
    vec![typed]
}

fn main() {}
