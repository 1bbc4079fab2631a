use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://{id}")]
fn note(id: String, filter: Filter) -> String {
    format!("{id}{}", filter.0)
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Filter(u8);

fn main() {}
