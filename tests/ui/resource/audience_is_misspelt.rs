use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", annotations(audience = "users"))]
fn note() -> String {
    String::new()
}

fn main() {}
