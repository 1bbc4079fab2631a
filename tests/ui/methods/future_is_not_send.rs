use mcp_server::prelude::*;

struct Files;

#[mcp_tools]
impl Files {
    /// Count.
    #[mcp_tool]
    async fn count(&self) -> usize {
        let count = std::rc::Rc::new(1);
        std::future::ready(()).await;
        *count
    }
}

fn main() {}
