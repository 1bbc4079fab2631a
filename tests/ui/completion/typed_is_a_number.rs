use mcp_server::prelude::*;

#[mcp_completion(prompt = "review", arg = "lines")]
fn lines(typed: u32) -> Vec<String> {
    vec![typed.to_string()]
}

fn main() {}
