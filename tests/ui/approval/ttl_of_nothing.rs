use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(approval("user", ttl = "0s"))]
fn tool(path: String) {
    drop(path);
}

fn main() {}
