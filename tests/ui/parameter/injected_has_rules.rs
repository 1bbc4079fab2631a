use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(min = 1)] _ctx: Ctx) {}

fn main() {}
