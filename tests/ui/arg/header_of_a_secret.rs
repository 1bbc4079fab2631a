use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(header = "Region", secret)] value: String) {
    drop(value);
}

fn main() {}
