use mcp_server::prelude::*;

#[mcp_resource("notes://today")]
fn note() -> String {
    String::new()
}

fn main() {}
