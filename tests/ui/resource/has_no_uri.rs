use mcp_server::prelude::*;

/// A note.
#[mcp_resource]
fn note() -> String {
    String::new()
}

fn main() {}
