use mcp_server::prelude::*;

#[derive(Form, schemars::JsonSchema)]
struct Contact {
    name: String,
}

fn main() {}
