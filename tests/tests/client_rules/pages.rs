//! Clients that are pages, and what a browser needs of the endpoint itself.

use axum::Router;
use http::Method;
use mcp_server::{Auth, Invocation, McpServer, Tool, ToolResult};
use mcp_tests::{
    issuer::Issuer,
    wire::{Draft, LEGACY},
};

use super::{Expect::*, TYPED};

const PAGE: &str = "https://inspector.example.com";

/// Every header that a client's page sends.
const SENT: [&str; 7] = [
    "authorization",
    "content-type",
    "mcp-protocol-version",
    "mcp-session-id",
    "mcp-method",
    "mcp-name",
    "last-event-id",
];

/// A server that lets one page in.
fn router(issuer: &Issuer) -> Router {
    let tool =
        Tool::new("noop", "Does nothing.", |_: Invocation| async { Ok(ToolResult::text("")) }).scope("a");
    let server = McpServer::new("pages").tool(tool).auth(Auth::issuer(issuer.url()));
    server.public_url(TYPED).allow_origin(PAGE).build().expect("a server").router()
}

#[tokio::test]
async fn tr_4_a_page_asks_first_and_has_no_token_then() {
    let issuer = Issuer::start().await;
    let mut preflight = Draft::initialize(LEGACY).method(Method::OPTIONS).text("").without("content-type");
    preflight = preflight.header("origin", PAGE).header("access-control-request-method", "POST");
    preflight = preflight.header("access-control-request-headers", &SENT.join(","));
    let reply = preflight.send(&router(&issuer)).await;
    assert!(matches!(reply.status, 200 | 204), "Inspector: it asks first: {reply:?}");
    assert_eq!(reply.header("access-control-allow-origin"), PAGE);
    for sent in SENT {
        let problem = Lists("access-control-allow-headers", sent).problem(&reply);
        assert_eq!(problem, None, "Inspector: it sends {sent}");
    }
}

#[tokio::test]
async fn tr_4_a_page_reads_the_challenge() {
    let issuer = Issuer::start().await;
    let reply = Draft::initialize(LEGACY).header("origin", PAGE).send(&router(&issuer)).await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (401, PAGE));
    for read in ["www-authenticate", "mcp-session-id"] {
        let problem = Lists("access-control-expose-headers", read).problem(&reply);
        assert_eq!(problem, None, "Inspector: it reads {read}");
    }
    assert!(reply.headers.contains_key("www-authenticate"), "{reply:?}");
    assert!(!reply.headers.contains_key("access-control-allow-credentials"), "{reply:?}");
}
