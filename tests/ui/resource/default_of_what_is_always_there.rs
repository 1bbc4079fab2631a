use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{id}")]
fn note(#[arg(default = "a")] id: String) -> String {
    id
}

fn main() {}
