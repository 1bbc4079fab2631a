use mcp_server::prelude::*;

struct Files;

#[mcp_tools]
impl Files {
    /// Read a file.
    #[mcp_tool]
    #[mcp_prompt]
    fn read(&self) -> String {
        String::new()
    }
}

fn main() {}
