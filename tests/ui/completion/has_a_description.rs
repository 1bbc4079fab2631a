use mcp_server::prelude::*;

#[mcp_completion(prompt = "review", arg = "language", description = "Languages")]
fn languages(typed: String) -> Vec<String> {
    vec![typed]
}

fn main() {}
