use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", read_only)]
fn note() -> String {
    String::new()
}

fn main() {}
