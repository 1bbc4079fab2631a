use mcp_server::prelude::*;

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Account {
    number: String,
}

/// Does something.
#[mcp_tool]
async fn tool(_amount: u8, #[ask("Which account?")] _account: Account) {}

fn main() {}
