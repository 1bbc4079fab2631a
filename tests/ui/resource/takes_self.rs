use mcp_server::prelude::*;

struct Notes;

impl Notes {
    /// A note.
    #[mcp_resource("notes://today")]
    fn note(&self) -> String {
        String::new()
    }
}

fn main() {}
