use mcp_server::prelude::*;

struct Report {
    pub name: String,
}

/// Does something.
#[mcp_tool]
fn tool() -> Report {
    todo!()
}

fn main() {}
