//! The server of these tests: everything that can be offered, for callers of every kind.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::Router;
use mcp_server::{
    Auth, Clock, Completing, Hand, Invocation, McpServer, Prompt, Resource, Server, Tool, prelude::*,
};
use mcp_tests::running::Running;
use serde_json::json;

use super::tokens::Reader;

/// The URL of the server.
pub(super) const URL: &str = "https://mcp.example.com/mcp";

/// Where a challenge says its metadata is.
pub(super) const METADATA: &str = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp";

/// A server, and everything that moves it.
pub(super) struct House {
    pub(super) server: Server,
    pub(super) router: Router,
    pub(super) reader: Reader,
    pub(super) hand: Hand,
    /// What runs of its functions.
    pub(super) running: Running,
}

impl House {
    /// A server without anything public.
    pub(super) fn new() -> Self {
        Self::with(|server| server)
    }

    /// The same with a public thing of each kind.
    pub(super) fn public() -> Self {
        Self::with(public)
    }

    /// The same, changed.
    pub(super) fn public_with(change: impl FnOnce(McpServer) -> McpServer) -> Self {
        Self::with(|server| change(public(server)))
    }

    /// The same, changed.
    pub(super) fn with(change: impl FnOnce(McpServer) -> McpServer) -> Self {
        Self::bare(|server, running| change(offer(server, running)))
    }

    /// One that offers what it is given, and nothing else.
    pub(super) fn bare(change: impl FnOnce(McpServer, &Running) -> McpServer) -> Self {
        Self::of(|auth| auth, change)
    }

    /// One that takes tokens in another way.
    pub(super) fn taking(take: impl FnOnce(Auth) -> Auth) -> Self {
        Self::of(take, offer)
    }

    fn of(take: impl FnOnce(Auth) -> Auth, change: impl FnOnce(McpServer, &Running) -> McpServer) -> Self {
        let (clock, hand) = Clock::by_hand();
        let (reader, running) = (Reader::new(&clock), Running::default());
        let server = McpServer::new("files")
            .public_url(URL)
            .auth(take(Auth::verifier(reader.clone())))
            .clock(clock)
            .legacy_sse(true)
            .state(running.clone());
        let server = change(server, &running).build().unwrap();
        Self { router: server.router(), server, reader, hand, running }
    }

    /// Lets both times pass: that of the server's clock, and that in which it sleeps. Tokio's has to be paused.
    pub(super) async fn wait(&self, time: Duration) {
        self.hand.advance(time);
        tokio::time::sleep(time).await;
    }
}

/// A tool that says that it ran, and takes a path.
pub(super) fn tool(name: &'static str, running: &Running) -> Tool {
    let running = running.clone();
    Tool::new(name, "Does something with a file.", move |_| {
        let running = running.clone();
        async move {
            drop(running.hold());
            Ok(ToolResult::text("done"))
        }
    })
    .input_schema(json!({ "type": "object", "properties": { "path": { "type": "string" } },
        "required": ["path"] }))
}

/// A text.
pub(super) fn resource(uri: &'static str, running: &Running) -> Resource {
    let running = running.clone();
    let name = if uri.contains('{') { "template" } else { "file" };
    Resource::new(uri, name, "A file.", move |_| {
        drop(running.hold());
        async { Ok("text") }
    })
}

/// A prompt with an argument that it needs.
pub(super) fn prompt(name: &'static str, running: &Running) -> Prompt {
    let (at_call, at_completion) = (running.clone(), running.clone());
    Prompt::new(name, "Asks about a file.", move |_| {
        drop(at_call.hold());
        async { Ok("text") }
    })
    .argument("path", "The file", true)
    .complete("path", move |_: Completing| {
        drop(at_completion.hold());
        vec!["a", "b"]
    })
}

fn completed(resource: Resource, running: &Running) -> Resource {
    let running = running.clone();
    resource.complete("path", move |_: Completing| {
        drop(running.hold());
        vec!["a", "b"]
    })
}

fn offer(server: McpServer, running: &Running) -> McpServer {
    server
        .tool(tool("read", running).scope("files:read").start())
        .tool(tool("write", running).scope("files:write"))
        .tool(tool("copy", running).scope("files:read").scope("files:write"))
        .tool(tool("any", running).authenticated())
        .tool(running.tool().scope("files:read"))
        .resource(resource("files://readme", running).scope("files:read"))
        .resource(resource("secrets://one", running).scope("files:admin"))
        .resource(completed(resource("files://{path}", running), running).scope("files:read"))
        .resource(completed(resource("vault://{path}", running), running).scope("files:admin"))
        .prompt(prompt("review", running).scope("files:read"))
        .prompt(prompt("audit", running).scope("files:admin"))
        .skills(skills())
        .tools(Office::default())
}

fn public(server: McpServer) -> McpServer {
    let running = Running::default();
    server
        .tool(Tool::new("time", "Tells the time.", |_| async { Ok(ToolResult::text("noon")) }).public())
        .resource(resource("open://readme", &running).public())
        .resource(completed(resource("open://{path}", &running), &running).public())
        .prompt(prompt("hello", &running).public())
}

fn skills() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/protected/skills")
}

/// Things that only an annotation can say.
#[derive(Debug, Default)]
struct Office {
    paid: Arc<AtomicU32>,
}

#[mcp_tools]
#[allow(clippy::unused_self)]
impl Office {
    /// Delete a file for good.
    #[mcp_tool(scope = "files:write", approval = true)]
    fn delete(&self, path: String) -> String {
        panic!("{path} was deleted")
    }

    /// Count in the background.
    #[mcp_tool(scope = "files:read", task)]
    async fn counts(&self, running: State<Running>) -> String {
        let _held = running.hold();
        running.finished().await;
        "counted".to_owned()
    }

    /// Pay once, when somebody says so.
    #[mcp_tool(scope = "files:read")]
    async fn pays(&self, ctx: Ctx) -> Result<String, ToolError> {
        if !ctx.elicit::<bool>("Pay?").await? {
            return Ok("not paid".to_owned());
        }
        let paid = Arc::clone(&self.paid);
        let act = async move { format!("paid {}", paid.fetch_add(1, Ordering::Relaxed) + 1) };
        ctx.once("pay", async { Ok::<_, ToolError>(act.await) }).await
    }

    /// Say who calls, in every way there is.
    #[mcp_tool(authenticated)]
    fn whoami(&self, principal: Principal, ctx: Ctx) -> String {
        let claims = serde_json::to_string(principal.claims()).unwrap_or_default();
        let who = [principal.issuer(), principal.subject(), principal.client()];
        let scopes: Vec<&str> = principal.scopes().collect();
        format!("{principal:?} {who:?} {scopes:?} {claims} {ctx:?} {:?}", ctx.principal())
    }
}

/// A tool that shows everything that a closure is given.
pub(super) fn shows() -> Tool {
    Tool::new("shows", "Shows its call.", |invocation: Invocation| async move {
        let claims = invocation.call.principal().claims();
        Ok(ToolResult::text(format!("{invocation:?} {:?} {claims:?}", invocation.call)))
    })
    .authenticated()
}
