use mcp_server::prelude::*;

struct Report {
    pub name: String,
}

/// Does something.
#[mcp_tool]
async fn tool() -> Result<Option<Report>, ToolError> {
    todo!()
}

fn main() {}
