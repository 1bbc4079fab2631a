use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool() -> Result<String, Box<dyn std::error::Error>> {
    todo!()
}

fn main() {}
