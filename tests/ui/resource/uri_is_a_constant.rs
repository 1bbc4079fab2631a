use mcp_server::prelude::*;

/// A note.
#[mcp_resource(TODAY)]
fn note() -> String {
    String::new()
}

const TODAY: &str = "notes://today";

fn main() {}
