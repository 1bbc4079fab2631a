use mcp_server::prelude::*;

struct Desk;

#[mcp_tools]
impl Desk {
    /// Does something.
    #[mcp_tool]
    fn tool(&self, #[ask("Which?")] _numbers: (u8, u8)) {}
}

fn main() {}
