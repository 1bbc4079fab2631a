use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{id*}")]
fn note(id: String) -> String {
    id
}

fn main() {}
