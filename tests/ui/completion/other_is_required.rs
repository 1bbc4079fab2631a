use mcp_server::prelude::*;

#[mcp_completion(resource = "notes://{folder}/{id}", arg = "id")]
fn ids(typed: String, folder: String) -> Vec<String> {
    vec![typed, folder]
}

fn main() {}
