use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", "notes://tomorrow")]
fn note() -> String {
    String::new()
}

fn main() {}
