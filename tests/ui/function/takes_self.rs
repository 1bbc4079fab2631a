use mcp_server::prelude::*;

struct Files;

impl Files {
    /// Does something.
    #[mcp_tool]
    fn tool(&self, path: String) {
        drop((self, path));
    }
}

fn main() {}
