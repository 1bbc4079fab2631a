use mcp_server::prelude::*;

/// Read a file.
#[mcp_tools]
fn read(path: String) -> String {
    path
}

fn main() {}
