use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(nam = "tool")]
fn tool(
    /// A number
    #[arg(min = 1)]
    number: i64,
) -> i64 {
    number
}

fn main() {
    tool(1);
}
