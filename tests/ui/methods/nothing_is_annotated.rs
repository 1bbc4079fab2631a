use mcp_server::prelude::*;

struct Files;

#[mcp_tools]
impl Files {
    fn helper(&self) {}
}

fn main() {}
