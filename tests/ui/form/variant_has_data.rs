use mcp_server::prelude::*;

#[derive(Form, serde::Deserialize, schemars::JsonSchema)]
enum Way {
    Post,
    Phone { number: String },
}

/// Is asked for all the same.
#[derive(Form, serde::Deserialize, schemars::JsonSchema)]
struct Contact {
    way: Way,
    others: Vec<Way>,
}

fn main() {}
