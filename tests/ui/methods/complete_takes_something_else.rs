use mcp_server::prelude::*;

struct Files;

#[mcp_tools]
impl Files {
    /// A file.
    #[mcp_resource("files://{name}")]
    fn file(&self, #[arg(complete = Self::names)] name: String) -> String {
        name
    }

    fn names(&self, _typed: Completing) -> Vec<String> {
        Vec::new()
    }
}

fn main() {}
