use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{folder}")]
fn note(foldr: Folder) -> String {
    foldr.0
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Folder(String);

fn main() {}
