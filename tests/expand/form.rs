use mcp_server::prelude::*;

/// How to reach somebody.
#[derive(Form, serde::Deserialize, schemars::JsonSchema)]
struct Contact {
    /// The full name
    name: String,
    ways: Option<Vec<Way>>,
    #[serde(skip)]
    known: (),
}

#[derive(Form, serde::Deserialize, schemars::JsonSchema)]
enum Way {
    /// By letter
    Post,
    Phone,
}
