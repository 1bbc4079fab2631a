use mcp_server::prelude::*;

struct Files;

#[mcp_tools]
impl Files {
    /// Count.
    #[mcp_tool]
    fn count(&mut self) -> usize {
        1
    }
}

fn main() {}
