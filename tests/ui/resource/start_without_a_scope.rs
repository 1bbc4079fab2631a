use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", start)]
fn note() -> String {
    String::new()
}

fn main() {}
