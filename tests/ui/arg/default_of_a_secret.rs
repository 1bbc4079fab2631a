use mcp_server::prelude::*;

/// Sign in.
#[mcp_tool]
fn sign_in(#[arg(default = "hunter2", secret)] password: String) {
    drop(password);
}

fn main() {}
