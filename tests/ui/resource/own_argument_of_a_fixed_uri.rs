use mcp_server::prelude::*;

/// A note.
#[mcp_resource("notes://today")]
fn note(filter: Filter) -> String {
    format!("{}", filter.0)
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Filter(u8);

fn main() {}
