use mcp_server::prelude::*;

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Filter<'a> {
    pub name: &'a str,
}

/// Does something.
#[mcp_tool]
fn tool(_filter: Filter) {}

fn main() {}
