use mcp_server::prelude::*;

#[derive(schemars::JsonSchema)]
struct Report {
    pub name: String,
}

/// Does something.
#[mcp_tool]
fn tool() -> Report {
    todo!()
}

fn main() {}
