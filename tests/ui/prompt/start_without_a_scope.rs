use mcp_server::prelude::*;

/// Asks.
#[mcp_prompt(start)]
fn ask() -> String {
    String::new()
}

fn main() {}
