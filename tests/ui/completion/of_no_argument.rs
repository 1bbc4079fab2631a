use mcp_server::prelude::*;

#[mcp_completion(prompt = "review")]
fn languages(typed: String) -> Vec<String> {
    vec![typed]
}

fn main() {}
