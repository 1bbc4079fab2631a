use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{}")]
fn note() -> String {
    String::new()
}

fn main() {}
