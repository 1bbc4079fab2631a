use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{folder}/{id}")]
fn note(id: String) -> String {
    id
}

fn main() {}
