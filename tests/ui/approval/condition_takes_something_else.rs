use mcp_server::prelude::*;

fn is_large(path: &str) -> bool {
    path.len() > 9
}

/// Does something.
#[mcp_tool(approval("user", when = is_large))]
fn tool(path: String) {
    drop(path);
}

fn main() {}
