use mcp_server::prelude::*;

/// A note.
#[mcp_resource(uris::TODAY)]
fn note() -> String {
    String::new()
}

fn main() {}
