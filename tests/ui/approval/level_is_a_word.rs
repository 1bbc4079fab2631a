use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(approval(user))]
fn tool(path: String) {
    drop(path);
}

fn main() {}
