use mcp_server::prelude::*;

/// A note.
#[mcp_resource(mime = "text/plain", "notes://today")]
fn note() -> String {
    String::new()
}

fn main() {}
