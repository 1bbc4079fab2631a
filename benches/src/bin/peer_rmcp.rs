//! `add(a, b)` with the official SDK, as its own examples write it: its macros, its defaults.

use std::io;

use axum::Router;
use mcp_benches::floor::serve;
use rmcp::{
    Json, ServerHandler,
    handler::server::wrapper::Parameters,
    model::{Implementation, ServerCapabilities, ServerConfig},
    tool, tool_handler, tool_router,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
    },
};

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Addends {
    /// First addend
    a: i64,
    /// Second addend
    b: i64,
}

#[derive(Clone)]
struct Calculator;

#[tool_router]
impl Calculator {
    /// Add two numbers.
    #[tool]
    async fn add(&self, Parameters(Addends { a, b }): Parameters<Addends>) -> Json<i64> {
        Json(a + b)
    }
}

#[tool_handler]
impl ServerHandler for Calculator {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("bench", "0.1.0"))
    }
}

fn main() -> io::Result<()> {
    mcp_benches::run(async |listener| {
        let service: StreamableHttpService<Calculator, LocalSessionManager> = StreamableHttpService::new(
            || Ok(Calculator),
            LocalSessionManager::default().into(),
            StreamableHttpServerConfig::default(),
        );
        serve(listener, Router::new().nest_service("/mcp", service)).await
    })
}
