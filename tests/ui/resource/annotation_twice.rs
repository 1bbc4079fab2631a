use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", annotations(priority = 0.5, priority = 1))]
fn note() -> String {
    String::new()
}

fn main() {}
