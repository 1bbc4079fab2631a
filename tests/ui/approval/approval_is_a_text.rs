use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(approval = "client")]
fn tool(path: String) {
    drop(path);
}

fn main() {}
