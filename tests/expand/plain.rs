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
