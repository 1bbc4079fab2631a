use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(rename = "my value")] value: String) {
    drop(value);
}

fn main() {}
