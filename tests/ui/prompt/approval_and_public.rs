use mcp_server::prelude::*;

/// Asks.
#[mcp_prompt(public, approval = true)]
fn ask() -> String {
    String::new()
}

fn main() {}
