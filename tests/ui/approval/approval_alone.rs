use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(approval)]
fn tool(path: String) {
    drop(path);
}

fn main() {}
