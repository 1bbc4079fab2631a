use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today")]
#[mcp_tool]
fn note() -> String {
    String::new()
}

fn main() {}
