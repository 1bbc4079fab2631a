use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review(_code: String) {}

fn main() {}
