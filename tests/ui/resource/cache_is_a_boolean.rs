use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", ttl = "60s", cache = true)]
fn note() -> String {
    String::new()
}

fn main() {}
