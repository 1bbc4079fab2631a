use mcp_server::prelude::*;

#[mcp_completion(prompt = "review", arg = "language")]
fn languages() -> Vec<String> {
    Vec::new()
}

fn main() {}
