use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today" mime = "text/plain")]
fn note() -> String {
    String::new()
}

fn main() {}
