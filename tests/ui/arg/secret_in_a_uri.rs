use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{id}")]
fn note(#[arg(secret)] id: String) -> String {
    id
}

fn main() {}
