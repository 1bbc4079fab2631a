use mcp_server::prelude::*;

/// Does something.
#[mcp_tool(blocking)]
fn tool(local: Local) {
    drop(local);
}

struct Local(std::rc::Rc<()>);

impl mcp_server::FromCall for Local {
    fn from_call(_: &mcp_server::Call) -> Result<Self, ToolError> {
        Ok(Self(std::rc::Rc::new(())))
    }
}

fn main() {}
