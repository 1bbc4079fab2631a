use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today")]
fn note() -> u8 {
    1
}

fn main() {}
