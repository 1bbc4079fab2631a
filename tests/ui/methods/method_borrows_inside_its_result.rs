use mcp_server::prelude::*;

struct Files;

#[mcp_tools]
impl Files {
    /// Read a file.
    #[mcp_tool]
    fn read(&self) -> std::borrow::Cow<'_, str> {
        "text".into()
    }
}

fn main() {}
