use mcp_server::prelude::*;

#[mcp_completion(prompt = "review", prompt = "sum_up", arg = "language")]
fn languages(typed: String) -> Vec<String> {
    vec![typed]
}

fn main() {}
