use mcp_server::prelude::*;

struct Files<'a>(&'a str);

#[mcp_tools]
impl<'a> Files<'a> {
    /// Read a file.
    #[mcp_tool]
    async fn read(&self, path: String) -> String {
        path
    }
}

fn main() {}
