use mcp_server::prelude::*;

struct Files;

#[mcp_tools]
impl Files {
    /// The limit.
    #[mcp_tool]
    const LIMIT: usize = 10;
}

fn main() {}
