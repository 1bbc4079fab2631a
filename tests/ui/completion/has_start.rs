use mcp_server::prelude::*;

#[mcp_completion(prompt = "review", arg = "language", start)]
fn languages(typed: String) -> Vec<String> {
    vec![typed]
}

fn main() {}
