use mcp_server::prelude::*;

struct Files(std::cell::Cell<usize>);

#[mcp_tools]
impl Files {
    /// Count.
    #[mcp_tool]
    async fn count(&self) -> usize {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }

    /// Count elsewhere.
    #[mcp_tool(blocking)]
    fn count_elsewhere(&self) -> usize {
        self.0.get()
    }
}

fn offered(files: Files) -> McpServer {
    McpServer::new("files").tools(files)
}

fn main() {}
