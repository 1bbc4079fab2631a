use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(approval("user", message = "Pay {amount} from {account}?"))]
fn pay(amount: u8, #[ask("Which account?")] account: String) {
    let _ = (amount, account);
}

fn main() {}
