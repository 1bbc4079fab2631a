use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", annotations(last_modified = "2025-01-12"))]
fn note() -> String {
    String::new()
}

fn main() {}
