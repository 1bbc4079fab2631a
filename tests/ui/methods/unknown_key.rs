use mcp_server::prelude::*;

struct Files;

#[mcp_tools]
impl Files {
    /// Read a file.
    #[mcp_tool(readonly)]
    fn read(&self) -> String {
        String::new()
    }
}

fn offered() -> McpServer {
    McpServer::new("files").tools(Files)
}

fn main() {}
