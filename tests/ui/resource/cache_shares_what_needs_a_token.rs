use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", ttl = "60s", cache = "public", authenticated)]
fn note() -> String {
    String::new()
}

fn main() {}
