use mcp_server::prelude::*;

#[derive(Form, serde::Deserialize, schemars::JsonSchema)]
struct Contact {
    address: Address,
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Address {
    city: String,
}

fn main() {}
