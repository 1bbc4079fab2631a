use mcp_server::prelude::*;

#[mcp_completion(prompt = "review", arg = "language")]
fn languages(_typed: String) {}

fn main() {}
