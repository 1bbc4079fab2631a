use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://all{?word}")]
fn note(word: String) -> String {
    word
}

fn main() {}
