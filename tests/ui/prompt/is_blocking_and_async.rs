use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt(blocking)]
async fn review() -> String {
    String::new()
}

fn main() {}
