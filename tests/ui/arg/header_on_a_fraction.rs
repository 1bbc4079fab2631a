use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(header = "Region")] value: f64) {
    drop(value);
}

fn main() {}
