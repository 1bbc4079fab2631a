//! What clients that can't be run here need of a protected server: those of Anthropic, of Microsoft and others.
//! And of those that can, what their own runs don't show.
//!
//! Each rule is a row: whose it is, what it says, a request that this client sends, and what must come back. The server is
//! `examples/files` in front of an issuer that mints any token.

mod entry;
mod expect;
mod metadata;
mod pages;
mod requests;

use http::Method;
use mcp_tests::{files::Files, issuer::Issuer, wire::Draft};
use serde_json::Value;

use expect::Expect;

/// The URL that users type, and what is in front of the server takes away from it.
const TYPED: &str = "https://files.example.com/mcp";
const HOST: &str = "files.example.com";

/// One rule: the client, the rule, its request, and what must come back.
type Rule = (&'static str, &'static str, Draft, Vec<Expect>);

/// A server that is known by another URL than the one it listens at, and the issuer of its tokens.
struct Place {
    issuer: Issuer,
    files: Files,
}

impl Place {
    async fn start() -> Self {
        Self::typed(TYPED).await
    }

    async fn typed(url: &str) -> Self {
        let issuer = Issuer::start().await;
        let files = Files::start_with(&[&issuer], |command| _ = command.args(["--public-url", url])).await;
        issuer.serves(url);
        Self { issuer, files }
    }

    /// Sends every request, and says which rules are broken.
    async fn keeps(&self, rules: impl IntoIterator<Item = Rule>) {
        let mut broken = Vec::new();
        for (client, rule, request, expected) in rules {
            let reply = request.send(self.files.router()).await;
            for problem in expected.iter().filter_map(|expect| expect.problem(&reply)) {
                broken.push(format!("{client}: {rule}: {problem}\n  {request:?}\n  {reply:?}"));
            }
        }
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    }
}

/// A GET as clients send it that look something up.
fn get(target: &str) -> Draft {
    let mut draft = Draft::post(Value::Null).method(Method::GET).without("content-type").text("");
    target.clone_into(&mut draft.target);
    draft.header("host", HOST).header("accept", "application/json")
}
