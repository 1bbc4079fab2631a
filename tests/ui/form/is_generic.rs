use mcp_server::prelude::*;

#[derive(Form, serde::Deserialize, schemars::JsonSchema)]
struct Named<T> {
    name: T,
}

fn main() {}
