use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{id}", size = 12)]
fn note(id: String) -> String {
    id
}

fn main() {}
