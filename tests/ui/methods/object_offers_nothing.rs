use mcp_server::prelude::*;

struct Files;

fn main() {
    McpServer::new("files").tools(Files);
}
