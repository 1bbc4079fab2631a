use mcp_server::prelude::*;

struct Files;

struct Filter {
    pub name: String,
}

#[mcp_tools]
impl Files {
    /// Read a file.
    #[mcp_tool]
    fn read(&self, filter: Filter) -> String {
        filter.name
    }
}

fn main() {}
