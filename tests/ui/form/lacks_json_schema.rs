use mcp_server::prelude::*;

#[derive(Form, serde::Deserialize)]
struct Contact {
    name: String,
}

fn main() {}
