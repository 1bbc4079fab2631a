use mcp_server::prelude::*;

// 7 mistakes

#[mcp_tool(nam = "a", scope = "a b", timeout = 5)]
const fn tool(#[arg(min = 2, max = 1)] a: i64, (b, c): (i64, i64)) -> i64 {
    a + b + c
}

fn main() {}
