use mcp_server::prelude::*;

#[derive(Form, serde::Deserialize, schemars::JsonSchema)]
struct Named<'a> {
    name: &'a str,
}

fn main() {}
