use mcp_server::prelude::*;

#[derive(Form)]
union Either {
    number: u8,
    flag: bool,
}

fn main() {}
