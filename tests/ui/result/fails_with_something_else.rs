use mcp_server::prelude::*;

struct Problem;

/// Does something.
#[mcp_tool]
fn tool() -> Result<String, Problem> {
    todo!()
}

fn main() {}
