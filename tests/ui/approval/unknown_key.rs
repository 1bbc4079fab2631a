use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(approval("user", tll = "10m"))]
fn tool(path: String) {
    drop(path);
}

fn main() {}
