use mcp_server::prelude::*;

#[derive(serde::Deserialize)]
struct Filter {
    pub name: String,
}

/// Does something.
#[mcp_tool]
fn tool(_a: i64, _filter: Filter, _b: i64) {}

fn main() {}
