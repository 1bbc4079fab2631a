use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(max_length = 3, default = "größe")] value: String) {
    drop(value);
}

fn main() {}
