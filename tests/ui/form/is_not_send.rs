use mcp_server::prelude::*;

#[derive(Form, serde::Deserialize, schemars::JsonSchema)]
struct Contact {
    name: Shared,
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(from = "String")]
struct Shared(#[allow(dead_code)] std::rc::Rc<str>);

impl From<String> for Shared {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl mcp_server::FormField for Shared {}

fn main() {}
