use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", mime = "markdown")]
fn note() -> String {
    String::new()
}

fn main() {}
