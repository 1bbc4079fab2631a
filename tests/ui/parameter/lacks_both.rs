use mcp_server::prelude::*;

struct Filter {
    pub name: String,
}

/// Does something.
#[mcp_tool]
fn tool(_filter: Filter) {}

fn main() {}
