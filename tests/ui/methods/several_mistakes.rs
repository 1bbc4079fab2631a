// 3 mistakes
use mcp_server::prelude::*;

struct Files;

#[mcp_tools]
impl Files {
    /// Read a file.
    #[mcp_tool(readonly)]
    fn read(&self) -> String {
        String::new()
    }

    #[mcp_prompt]
    fn review(&self) -> String {
        String::new()
    }

    /// A file.
    #[mcp_resource("files://{name}")]
    fn file(&self) -> String {
        String::new()
    }
}

fn main() {}
