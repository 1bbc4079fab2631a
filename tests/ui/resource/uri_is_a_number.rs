use mcp_server::prelude::*;

/// A note.
#[mcp_resource(7)]
fn note() -> String {
    String::new()
}

fn main() {}
