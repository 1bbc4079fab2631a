use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{id}")]
fn note(#[arg(header = "Id")] id: String) -> String {
    id
}

fn main() {}
