use mcp_server::prelude::*;

struct Account {
    number: String,
}

type Maybe = Option<Account>;

/// Does something.
#[mcp_tool(blocking)]
fn tool(#[ask("Which account?")] _account: Maybe) {}

fn main() {}
