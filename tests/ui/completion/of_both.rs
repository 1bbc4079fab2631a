use mcp_server::prelude::*;

#[mcp_completion(prompt = "review", resource = "notes://{language}", arg = "language")]
fn languages(typed: String) -> Vec<String> {
    vec![typed]
}

fn main() {}
