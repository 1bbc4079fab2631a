use mcp_server::prelude::*;

struct Files;

#[mcp_tools]
impl Files {
    /// Read a file.
    #[mcp_tool]
    fn read<T>(&self, path: T) -> String {
        drop(path);
        String::new()
    }
}

fn main() {}
