use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(header = "My Region")] value: String) {
    drop(value);
}

fn main() {}
