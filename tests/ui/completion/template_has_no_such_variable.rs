use mcp_server::prelude::*;

#[mcp_completion(resource = "notes://{folder}/{id}", arg = "foldr")]
fn ids(typed: String) -> Vec<String> {
    vec![typed]
}

fn main() {}
