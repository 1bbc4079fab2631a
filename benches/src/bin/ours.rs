//! `add(a, b)` with `mcp-server`.

use std::error::Error;

use mcp_server::prelude::*;

/// Add two numbers.
#[mcp_tool]
async fn add(
    /// First addend
    a: i64,
    /// Second addend
    b: i64,
) -> i64 {
    a + b
}

fn main() -> Result<(), Box<dyn Error>> {
    let server = McpServer::new("bench").version("0.1.0").max_sessions(20_000, 20_000).build()?;
    Ok(mcp_benches::run(async |listener| server.serve(listener).await)?)
}
