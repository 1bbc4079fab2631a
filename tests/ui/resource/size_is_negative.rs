use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", size = -1)]
fn note() -> String {
    String::new()
}

fn main() {}
