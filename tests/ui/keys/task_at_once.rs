use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(task)]
fn tool() {}

/// Does something on a thread of its own.
#[mcp_tool(task, blocking)]
fn blocks() {}

/// Does something as soon as it is answered.
#[mcp_tool(task)]
fn asks(#[ask("Really?")] really: bool) -> bool {
    really
}

fn main() {}
