use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(_path: std::borrow::Cow<'_, str>) {}

fn main() {}
