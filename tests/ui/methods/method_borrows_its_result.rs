use mcp_server::prelude::*;

struct Files;

#[mcp_tools]
impl Files {
    /// Read a file.
    #[mcp_tool]
    fn read(&self) -> &str {
        "text"
    }
}

fn main() {}
