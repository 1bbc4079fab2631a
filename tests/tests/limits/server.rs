//! The server of these tests: without authentication, so that all callers have one share.

use std::time::Duration;

use axum::Router;
use mcp_server::{Clock, Hand, McpServer, Prompt, Resource, Server, Tool, ToolResult};
use mcp_tests::running::Running;

/// A server with a clock that is moved by hand.
pub(super) struct Limited {
    pub(super) server: Server,
    pub(super) router: Router,
    pub(super) hand: Hand,
    pub(super) running: Running,
}

pub(super) const MINUTE: Duration = Duration::from_mins(1);

impl Limited {
    pub(super) fn new() -> Self {
        Self::with(|server| server)
    }

    pub(super) fn with(change: impl FnOnce(McpServer) -> McpServer) -> Self {
        let (clock, hand) = Clock::by_hand();
        let running = Running::default();
        let server = McpServer::new("limits")
            .only(Vec::<String>::new())
            .clock(clock)
            .legacy_sse(true)
            .tool(says("twice").rate(2, MINUTE))
            .tool(says("free"))
            .tool(running.tool().concurrency(2))
            .resource(
                Resource::new("limits://twice", "twice", "A text.", |_| async { Ok("text") }).rate(2, MINUTE),
            )
            .prompt(Prompt::new("twice", "A question.", |_| async { Ok("text") }).rate(2, MINUTE));
        let server = change(server.only(["twice", "free", "endless"])).build().expect("a server");
        Self { router: server.router(), server, hand, running }
    }
}

pub(super) fn says(name: &'static str) -> Tool {
    Tool::new(name, "Says that it ran.", |_| async { Ok(ToolResult::text("ran")) })
}
