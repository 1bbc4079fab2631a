use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(approval("user", ttl = "10m", ttl = "20m"))]
fn tool(path: String) {
    drop(path);
}

fn main() {}
