use mcp_server::prelude::*;

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Point {
    x: i64,
}

/// Does something.
#[mcp_tool]
fn tool(Point { x: _x }: Point) {}

fn main() {}
