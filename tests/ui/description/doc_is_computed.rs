use mcp_server::prelude::*;

#[doc = concat!("Does ", "something.")]
#[mcp_tool]
fn tool() {}

fn main() {}
