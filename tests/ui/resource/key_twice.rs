use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", mime = "text/plain", mime = "text/html")]
fn note() -> String {
    String::new()
}

fn main() {}
