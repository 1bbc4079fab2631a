use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(max = 0.5, min = 1)] value: f64) {
    drop(value);
}

fn main() {}
