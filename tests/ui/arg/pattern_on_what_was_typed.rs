use mcp_server::prelude::*;

#[mcp_completion(prompt = "review", arg = "language")]
fn languages(#[arg(pattern = "^[a-z]+$")] typed: String) -> Vec<String> {
    vec![typed]
}

fn main() {}
