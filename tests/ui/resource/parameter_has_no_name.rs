use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{id}")]
fn note(_: String) -> String {
    String::new()
}

fn main() {}
