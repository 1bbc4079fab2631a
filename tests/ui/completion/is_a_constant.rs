use mcp_server::prelude::*;

#[mcp_completion(prompt = "review", arg = "language")]
const LANGUAGES: [&str; 1] = ["rust"];

fn main() {}
