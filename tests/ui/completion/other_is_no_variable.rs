use mcp_server::prelude::*;

#[mcp_completion(resource = "notes://{folder}/{id}", arg = "id")]
fn ids(typed: String, foldr: Option<String>) -> Vec<String> {
    vec![typed, foldr.unwrap_or_default()]
}

fn main() {}
