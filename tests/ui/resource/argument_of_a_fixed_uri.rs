use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today")]
fn note(id: String) -> String {
    id
}

fn main() {}
