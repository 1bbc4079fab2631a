use mcp_server::prelude::*;

#[derive(Form, serde::Deserialize, schemars::JsonSchema)]
enum Never {}

fn main() {}
