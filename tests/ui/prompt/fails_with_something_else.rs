use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review() -> Result<String, Failure> {
    Err(Failure)
}

struct Failure;

fn main() {}
