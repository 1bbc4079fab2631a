use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{note-id}")]
fn note(#[arg(rename = "note-id")] id: String) -> String {
    id
}

fn main() {}
