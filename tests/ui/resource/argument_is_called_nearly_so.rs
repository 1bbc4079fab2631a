use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{folder}")]
fn note(foldr: String) -> String {
    foldr
}

fn main() {}
