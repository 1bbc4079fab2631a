use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today")]
fn note() -> Result<String, Failure> {
    Err(Failure)
}

struct Failure;

fn main() {}
