use mcp_server::prelude::*;

/// Asks.
#[mcp_prompt(authenticated, public)]
fn ask() -> String {
    String::new()
}

fn main() {}
