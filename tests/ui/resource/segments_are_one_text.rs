use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{/path*}")]
fn note(path: String) -> String {
    path
}

fn main() {}
