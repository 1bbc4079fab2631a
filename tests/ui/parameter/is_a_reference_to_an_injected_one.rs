use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(_ctx: &Ctx) {}

fn main() {}
