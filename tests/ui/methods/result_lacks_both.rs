use mcp_server::prelude::*;

struct Files;

struct Text;

#[mcp_tools]
impl Files {
    /// Read a file.
    #[mcp_tool]
    async fn read(&self) -> Text {
        Text
    }
}

fn main() {}
