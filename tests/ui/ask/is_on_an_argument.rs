use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(min = 1)] #[ask("How many?")] _count: u8) {}

fn main() {}
