use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{id:3}")]
fn note(id: String) -> String {
    id
}

fn main() {}
