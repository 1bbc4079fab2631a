use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(max = 1, default = 1.5)] value: f64) {
    drop(value);
}

fn main() {}
