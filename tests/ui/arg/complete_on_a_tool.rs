use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
fn tool(#[arg(complete = languages)] language: String) {
    drop(language);
}

fn languages(_: Completing) -> Vec<String> {
    Vec::new()
}

fn main() {}
