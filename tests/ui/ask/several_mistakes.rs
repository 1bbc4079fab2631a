// 3 mistakes
use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[ask] _sure: bool, #[ask("")] _really: bool, #[ask("Sure?", kez = "a")] _certain: bool) {}

fn main() {
    tool(true, true, true);
}
