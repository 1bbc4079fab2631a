use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review(#[arg(complete = languages)] code: String) -> String {
    format!("{code:?}")
}

async fn languages(_: Completing) -> u8 {
    1
}

fn main() {}
