use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", annotations(last_modified = "2025-13-12T15:00:58Z"))]
fn note() -> String {
    String::new()
}

fn main() {}
