use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://to day")]
fn note() -> String {
    String::new()
}

fn main() {}
