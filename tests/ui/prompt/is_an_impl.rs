use mcp_server::prelude::*;

struct Prompts;

/// Review some code.
#[mcp_prompt]
impl Prompts {}

fn main() {}
