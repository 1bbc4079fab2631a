use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(approval("user", message = "Overwrite {file_path}?"))]
fn tool(file_name: String, path: String) {
    drop(path);
}

fn main() {}
