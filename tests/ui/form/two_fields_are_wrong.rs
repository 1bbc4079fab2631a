// 2 mistakes
use mcp_server::prelude::*;

#[derive(Form, serde::Deserialize, schemars::JsonSchema)]
struct Contact {
    point: (u8, u8),
    #[serde(default)]
    nothing: (),
    #[serde(skip)]
    fine: (),
    #[schemars(with = "String")]
    fine_too: (u8, u8),
}

fn main() {}
