use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[ask("Who?")] _ctx: Ctx) {}

fn main() {}
