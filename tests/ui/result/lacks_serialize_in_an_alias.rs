use mcp_server::prelude::*;

type Answer = Result<Vec<Report>, ToolError>;

#[derive(schemars::JsonSchema)]
struct Report {
    pub name: String,
}

/// Does something.
#[mcp_tool]
fn tool() -> Answer {
    todo!()
}

fn main() {}
