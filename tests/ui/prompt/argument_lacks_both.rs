use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review(filter: Filter) -> String {
    filter.name
}

struct Filter {
    pub name: String,
}

fn main() {}
