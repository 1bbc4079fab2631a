use mcp_server::prelude::*;

#[mcp_completion(resource = "notes://{id:3}", arg = "id")]
fn ids(typed: String) -> Vec<String> {
    vec![typed]
}

fn main() {}
