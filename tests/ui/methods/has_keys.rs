use mcp_server::prelude::*;

struct Files;

#[mcp_tools(scope = "files:read")]
impl Files {
    /// Read a file.
    #[mcp_tool]
    async fn read(&self, path: String) -> String {
        path
    }
}

fn main() {}
