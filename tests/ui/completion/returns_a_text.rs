use mcp_server::prelude::*;

#[mcp_completion(prompt = "review", arg = "language")]
async fn languages(typed: String) -> String {
    typed
}

fn main() {}
