use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(default = "one")] value: i64) {
    drop(value);
}

fn main() {}
