use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool<T>(value: Vec<T>) {
    drop(value);
}

fn main() {}
