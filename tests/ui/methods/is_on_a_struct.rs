use mcp_server::prelude::*;

#[mcp_tools]
struct Files;

fn main() {}
