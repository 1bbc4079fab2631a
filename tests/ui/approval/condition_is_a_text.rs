use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(approval("user", when = "is_large"))]
fn tool(path: String) {
    drop(path);
}

fn main() {}
