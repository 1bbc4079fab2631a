use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(approval(ttl = "1h", "user"))]
fn tool(path: String) {
    drop(path);
}

fn main() {}
