use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(path: String, #[arg(rename = "path")] file: String) {
    drop((path, file));
}

fn main() {}
