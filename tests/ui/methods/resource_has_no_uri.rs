use mcp_server::prelude::*;

struct Files;

#[mcp_tools]
impl Files {
    /// A file.
    #[mcp_resource]
    fn file(&self) -> String {
        String::new()
    }
}

fn main() {}
