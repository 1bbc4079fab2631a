use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
#[mcp_prompt(name = "other")]
fn review() -> String {
    String::new()
}

fn main() {}
