use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", mimetype = "text/plain")]
fn note() -> String {
    String::new()
}

fn main() {}
