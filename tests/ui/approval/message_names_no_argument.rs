use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(approval("user", message = "Overwrite {file_path}?"))]
fn tool(file_name: String, text: String) {
    drop((file_name, text));
}

fn main() {}
