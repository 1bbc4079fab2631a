use mcp_server::prelude::*;

#[mcp_completion(prompt = "review", arg = "language")]
fn complete(_typed: String, #[ask("Sure?")] _sure: bool) -> Vec<String> {
    Vec::new()
}

fn main() {}
