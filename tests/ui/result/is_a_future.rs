use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool() -> std::pin::Pin<Box<dyn Future<Output = String> + Send>> {
    Box::pin(async { String::new() })
}

fn main() {}
