use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(approval("user", message = "Overwrite path}?"))]
fn tool(path: String) {
    drop(path);
}

fn main() {}
