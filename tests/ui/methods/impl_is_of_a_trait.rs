use mcp_server::prelude::*;

struct Files;

trait Reads {
    fn read(&self) -> String;
}

#[mcp_tools]
impl Reads for Files {
    /// Read a file.
    #[mcp_tool]
    fn read(&self) -> String {
        String::new()
    }
}

fn main() {}
