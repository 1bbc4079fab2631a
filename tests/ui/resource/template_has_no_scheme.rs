use mcp_server::prelude::*;

/// A note.
#[mcp_resource("{scheme}://note")]
fn note(scheme: String) -> String {
    scheme
}

fn main() {}
