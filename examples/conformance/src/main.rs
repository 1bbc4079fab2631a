//! The server that the official conformance suite and the real clients are run against.

mod asking;
mod changes;
mod contact;
mod media;
mod prompts;
mod resources;
mod rounds;
mod streams;
mod tasks;
mod tools;

use mcp_server::McpServer;

#[tokio::main]
async fn main() -> Result<(), mcp_server::Error> {
    McpServer::new("conformance")
        .title("Conformance fixture")
        .version(env!("CARGO_PKG_VERSION"))
        .legacy_sse(true)
        .state(changes::Watched::default())
        .tool(contact::tool())
        .skills(concat!(env!("CARGO_MANIFEST_DIR"), "/skills"))
        .run()
        .await
}
