use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{id}")]
fn note(id: String, limit: u8) -> String {
    format!("{id}{limit}")
}

fn main() {}
