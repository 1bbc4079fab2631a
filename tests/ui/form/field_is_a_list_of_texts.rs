use mcp_server::prelude::*;

#[derive(Form, serde::Deserialize, schemars::JsonSchema)]
struct Contact {
    names: Vec<String>,
}

fn main() {}
