//! A hostile client. Each attack has its twin: the same request with one thing right, which is let in.
//!
//! `wire` is about the wire's edge, and needs no tokens. The rest is against `examples/files` as a process, in front of an
//! issuer that mints any token, or against a server of the test's own where files have nothing to show. Whatever either says
//! is searched for tokens on the spot.

mod aging;
mod algorithms;
mod audience;
mod bearer;
mod canaries;
mod challenge;
mod claims;
mod folder;
mod handles;
mod introspection;
mod issuers;
mod keys;
mod limits;
mod marks;
mod metadata;
mod own;
mod scopes;
mod sessions;
mod streams;
mod times;
mod transport;
mod types;
mod ways;
mod wire;

use axum::Router;
use mcp_tests::{
    challenge::Challenge,
    files::Files,
    issuer::{Issuer, mint::Mint},
    wire::{Draft, LEGACY, Reply},
};
use serde_json::{Value, json};

/// All that files ask for.
const ALL: &str = "files:read files:write";

/// A server of files, and the issuer of its tokens.
struct Place {
    issuer: Issuer,
    files: Files,
}

impl Place {
    async fn start() -> Self {
        let issuer = Issuer::start().await;
        let files = Files::start(&issuer).await;
        Self { issuer, files }
    }

    fn router(&self) -> &Router {
        self.files.router()
    }

    /// A good token, to be bent.
    fn mint(&self) -> Mint {
        self.issuer.mint(ALL)
    }

    /// Asks who has this token.
    async fn whoami(&self, token: &str) -> Reply {
        whoami().bearer(token).send(self.router()).await
    }

    /// Sees to it that a token is good.
    async fn admits(&self, mint: &Mint, why: &str) {
        let reply = self.whoami(&mint.token()).await;
        assert_eq!(reply.status, 200, "{why}: {reply:?}");
        assert!(reply.result()["structuredContent"].is_object(), "{why}: {reply:?}");
    }

    /// Sees to it that a token is bad, and that the answer doesn't say why.
    async fn refuses(&self, mint: &Mint, why: &str) {
        refused(&self.whoami(&mint.token()).await, why);
    }
}

/// A request that any caller may make.
fn whoami() -> Draft {
    Draft::call("whoami", json!({}))
}

fn write(path: &str) -> Draft {
    Draft::call("write_file", json!({ "path": path, "text": "written" }))
}

/// Sees to it that an answer is the one to a bad token.
fn refused(reply: &Reply, why: &str) {
    assert_eq!(reply.status, 401, "{why}: {reply:?}");
    let challenge = Challenge::of(reply);
    assert_eq!((challenge.scheme.as_str(), challenge.get("error")), ("Bearer", "invalid_token"), "{why}");
    assert!(challenge.get("resource_metadata").starts_with("http"), "{why}: {challenge:?}");
}

/// Sees to it that an answer is the one to no token.
fn unknown(reply: &Reply, why: &str) {
    assert_eq!(reply.status, 401, "{why}: {reply:?}");
    let challenge = Challenge::of(reply);
    assert_eq!((challenge.scheme.as_str(), challenge.get("error")), ("Bearer", ""), "{why}");
}

/// Opens a session with a token.
async fn session(router: &Router, token: &str) -> String {
    let reply = Draft::initialize(LEGACY).bearer(token).send(router).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let session = reply.header("mcp-session-id").to_owned();
    let ready = Draft::legacy(&session, "notifications/initialized", json!({})).notification();
    assert_eq!(ready.bearer(token).send(router).await.status, 202);
    session
}

/// The names of the tools in a list.
fn names(reply: &Reply) -> Vec<String> {
    let tools = reply.result()["tools"].clone();
    let tools = tools.as_array().unwrap_or_else(|| panic!("no tools: {reply:?}"));
    tools.iter().map(|tool| tool["name"].as_str().unwrap_or_default().to_owned()).collect()
}

/// What `whoami` says.
fn caller(reply: &Reply) -> Value {
    reply.result()["structuredContent"].clone()
}
