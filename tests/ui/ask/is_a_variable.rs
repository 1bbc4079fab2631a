use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{id}")]
fn note(#[ask("Which?")] id: String) -> String {
    id
}

fn main() {}
