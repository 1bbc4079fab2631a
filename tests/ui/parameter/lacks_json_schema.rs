use mcp_server::prelude::*;

#[derive(serde::Deserialize)]
struct Filter {
    pub name: String,
}

/// Does something.
#[mcp_tool]
fn tool(_filter: Filter) {}

fn main() {}
