use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today")]
fn note() -> Note {
    Note
}

struct Note;

fn main() {}
