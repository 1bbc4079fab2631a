use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(approval("user", remember = "1"))]
fn tool(path: String) {
    drop(path);
}

fn main() {}
