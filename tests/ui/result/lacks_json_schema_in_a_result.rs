use mcp_server::prelude::*;

#[derive(serde::Serialize)]
struct Report {
    pub name: String,
}

/// Does something.
#[mcp_tool]
fn tool() -> Result<Report, ToolError> {
    todo!()
}

fn main() {}
