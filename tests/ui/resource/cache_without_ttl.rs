use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", cache = "public")]
fn note() -> String {
    String::new()
}

fn main() {}
