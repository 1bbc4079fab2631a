use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", authenticated, scope = "notes:read")]
fn note() -> String {
    String::new()
}

fn main() {}
