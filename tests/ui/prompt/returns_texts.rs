use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
async fn review() -> Vec<String> {
    Vec::new()
}

fn main() {}
