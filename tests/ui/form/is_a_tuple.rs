use mcp_server::prelude::*;

#[derive(Form, serde::Deserialize, schemars::JsonSchema)]
struct Name(String);

fn main() {}
