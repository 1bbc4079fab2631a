use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review(#[arg(complete = languages)] _ctx: Ctx) -> String {
    String::new()
}

fn languages(_: Completing) -> Vec<String> {
    Vec::new()
}

fn main() {}
