use mcp_server::prelude::*;

type Numbers = std::collections::HashMap<String, u8>;

#[derive(Form, serde::Deserialize, schemars::JsonSchema)]
struct Contact {
    name: String,
    numbers: Option<Numbers>,
}

fn main() {}
