use mcp_server::prelude::*;

/// Does something.
#[mcp_tool]
async fn tool() -> String {
    let text = std::rc::Rc::new("text".to_owned());
    tokio::task::yield_now().await;
    text.to_string()
}

fn main() {}
