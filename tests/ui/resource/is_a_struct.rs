use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today")]
struct Note;

fn main() {}
