//! How clients learn that they need a token, and which.

use http::Method;
use mcp_tests::wire::{Draft, LEGACY};
use serde_json::{Value, json};

use super::{
    Expect::{self, *},
    HOST, Place, Rule, get,
};

/// The first message of a client in a session.
pub(crate) fn initialize(revision: &str) -> Draft {
    Draft::initialize(revision).header("host", HOST)
}

fn modern(method: &str, params: Value) -> Draft {
    Draft::modern(method, params).header("host", HOST)
}

/// What says that there is no token: where to get one and for what, and no error.
fn sign_in() -> Vec<Expect> {
    let params = vec![("resource_metadata", metadata()), ("scope", "files:read".to_owned())];
    vec![Status(&[401]), Challenge(params), No("mcp-session-id"), No("set-cookie")]
}

/// What says that there is another token to be had.
fn error(status: &'static [u16], error: &str, scope: &str) -> Vec<Expect> {
    let scope = ("scope", scope.to_owned());
    vec![
        Status(status),
        Challenge(vec![("error", error.to_owned()), ("resource_metadata", metadata()), scope]),
    ]
}

fn metadata() -> String {
    format!("https://{HOST}/.well-known/oauth-protected-resource/mcp")
}

#[tokio::test]
async fn rs_5_clients_are_told_where_to_sign_in() {
    // What claude.ai sends comes from Anthropic's machines: without an origin, to the public host.
    let claude = |revision| initialize(revision).header("user-agent", "Claude-User").without("origin");
    let probe = || get("/mcp").header("accept", "application/json, text/event-stream");
    let unsupported = modern("server/discover", json!({})).meta("protocolVersion", json!("2099-01-01"));
    let rules: [Rule; 13] = [
        ("claude.ai", "begins with a session", claude(LEGACY), sign_in()),
        (
            "claude.ai",
            "names the method in a header of a later revision",
            claude(LEGACY).header("mcp-method", "initialize"),
            sign_in(),
        ),
        ("claude.ai", "asks what there is", modern("server/discover", json!({})), sign_in()),
        (
            "Claude Code",
            "takes every answer to this but 401 for an old server",
            modern("server/discover", json!({})),
            sign_in(),
        ),
        ("VS Code", "begins with a session", initialize(LEGACY), sign_in()),
        (
            "VS Code",
            "would try the old transport at 404 and 405",
            get("/mcp").header("accept", "text/event-stream"),
            sign_in(),
        ),
        ("ChatGPT", "begins with a session", initialize("2025-06-18"), sign_in()),
        ("Codex", "begins with a session", initialize("2025-06-18"), sign_in()),
        ("Cursor", "begins with a session", initialize("2025-03-26"), sign_in()),
        ("mcp-remote", "asks by GET whether it must sign in", probe(), sign_in()),
        ("Inspector", "begins at the old revision", initialize("2024-11-05"), sign_in()),
        (
            "TypeScript",
            "would take 400 for an old server",
            unsupported.header("mcp-protocol-version", "2099-01-01"),
            sign_in(),
        ),
        (
            "TypeScript",
            "would take 400 for an old server",
            Draft::post(json!({})).header("host", HOST),
            sign_in(),
        ),
    ];
    Place::start().await.keeps(rules).await;
}

#[tokio::test]
async fn rs_6_clients_are_told_to_renew_their_token() {
    let place = Place::start().await;
    let expired = place.issuer.mint("files:read").claim("exp", 1_000_000_000).token();
    let renew = || error(&[401], "invalid_token", "files:read");
    let rules: [Rule; 4] = [
        ("claude.ai", "renews at 401", initialize(LEGACY).bearer(&expired), renew()),
        ("Claude Code", "renews at 401", modern("server/discover", json!({})).bearer(&expired), renew()),
        ("VS Code", "renews at 401, also on a stream", get("/mcp").bearer(&expired), renew()),
        (
            "Codex",
            "renews at 401, also when it leaves",
            get("/mcp").method(Method::DELETE).bearer(&expired),
            renew(),
        ),
    ];
    place.keeps(rules).await;
}

#[tokio::test]
async fn rs_19_clients_are_told_what_their_token_lacks() {
    let place = Place::start().await;
    let reader = place.issuer.token("files:read");
    let nobody = place.issuer.token("");
    let write = modern("tools/call", json!({ "name": "write_file", "arguments": {} }));
    let read = modern("tools/call", json!({ "name": "read_file", "arguments": {} }));
    let lacks = |scope| error(&[403], "insufficient_scope", scope);
    let rules: [Rule; 3] = [
        (
            "TypeScript",
            "asks for more at exactly this error",
            write.clone().bearer(&reader),
            lacks("files:write"),
        ),
        ("Claude Code", "asks for the scopes that it is told", write.bearer(&nobody), lacks("files:write")),
        ("mcp-remote", "asks for the scopes that it is told", read.bearer(&nobody), lacks("files:read")),
    ];
    place.keeps(rules).await;
}

/// The refusal of an operation in a session is the same.
#[tokio::test]
async fn rs_19_clients_in_a_session_are_told_what_their_token_lacks() {
    let place = Place::start().await;
    let reader = place.issuer.token("files:read");
    let session = super::requests::session(&place, LEGACY, &reader).await;
    let write = Draft::legacy(&session, "tools/call", json!({ "name": "write_file", "arguments": {} }));
    let write = write.header("host", HOST).bearer(&reader);
    let named = write.clone().header("mcp-method", "tools/call").header("mcp-name", "write_file");
    let lacks = || error(&[403], "insufficient_scope", "files:write");
    let rules: [Rule; 2] = [
        ("VS Code", "asks for the scopes that it is told", write, lacks()),
        ("claude.ai", "names the tool in a header of a later revision", named, lacks()),
    ];
    place.keeps(rules).await;
}
