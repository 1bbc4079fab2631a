use mcp_server::prelude::*;

struct Files(std::rc::Rc<str>);

#[mcp_tools]
impl Files {
    /// Count.
    #[mcp_tool]
    async fn count(&self) -> usize {
        self.0.len()
    }
}

fn main() {}
