use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
impl Tool {}

struct Tool;

fn main() {}
