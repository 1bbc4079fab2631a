use mcp_server::prelude::*;

/// A note.
#[mcp_resource(mime = "text/plain")]
fn note() -> String {
    String::new()
}

fn main() {}
