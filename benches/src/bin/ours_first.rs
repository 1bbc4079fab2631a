//! The same, where no token is remembered: each call is a token's first.

use std::{error::Error, time::Duration};

use mcp_benches::issuer;
use mcp_server::prelude::*;

/// Add two numbers.
#[mcp_tool(scope = "math:add")]
async fn add(
    /// First addend
    a: i64,
    /// Second addend
    b: i64,
) -> i64 {
    a + b
}

fn main() -> Result<(), Box<dyn Error>> {
    let auth = issuer::auth().token_cache(0, Duration::ZERO);
    let server = McpServer::new("bench").version("0.1.0").public_url(issuer::RESOURCE).auth(auth).build()?;
    Ok(mcp_benches::run(async |listener| server.serve(listener).await)?)
}
