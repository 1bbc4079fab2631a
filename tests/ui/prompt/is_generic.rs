use mcp_server::prelude::*;

/// Review some code.
#[mcp_prompt]
fn review<T>(code: T) -> String {
    drop(code);
    String::new()
}

fn main() {}
