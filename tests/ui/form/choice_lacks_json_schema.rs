use mcp_server::prelude::*;

#[derive(Form, serde::Deserialize)]
enum Way {
    Post,
}

fn main() {}
