use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool<'a>(value: std::borrow::Cow<'static, str>) {
    drop(value);
}

fn main() {}
