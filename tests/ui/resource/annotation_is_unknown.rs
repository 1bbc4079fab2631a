use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today", annotations(prio = 0.5))]
fn note() -> String {
    String::new()
}

fn main() {}
