use mcp_server::prelude::*;

struct Files<T>(T);

#[mcp_tools]
impl<T: Send + Sync + 'static> Files<T> {
    /// Read a file.
    #[mcp_tool]
    async fn read(&self, path: String) -> String {
        path
    }
}

fn offered(files: Files<u8>) -> McpServer {
    let _ = files.0;
    McpServer::new("files").tools(files)
}

fn main() {}
