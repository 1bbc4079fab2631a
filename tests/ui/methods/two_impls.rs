use mcp_server::prelude::*;

struct Files;

#[mcp_tools]
impl Files {
    /// Read a file.
    #[mcp_tool]
    async fn read(&self, path: String) -> String {
        path
    }
}

#[mcp_tools]
impl Files {
    /// Write a file.
    #[mcp_tool]
    fn write(&self, text: String) {
        drop(text);
    }
}

fn main() {}
