// 4 mistakes
use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{id}{?word}", size = 3, mime = "markdown")]
fn note(id: String, word: String, limit: u8) -> String {
    format!("{id}{word}{limit}")
}

fn main() {}
