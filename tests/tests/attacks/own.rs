//! A server of the test's own, whose clock stands still until a test moves it.

use std::time::Duration;

use axum::Router;
use mcp_server::{Auth, Clock, FromCall as _, Hand, McpServer, Principal, Tool};
use mcp_tests::{
    canary,
    issuer::{
        Issuer,
        mint::{Mint, seconds},
    },
    wire::{Draft, Reply},
};
use serde_json::json;

/// What it is called, from outside.
pub(super) const URL: &str = "http://127.0.0.1:8000/mcp";

/// The server, and the issuer of its tokens.
pub(super) struct Own {
    pub(super) issuer: Issuer,
    pub(super) router: Router,
    clock: Clock,
    hand: Hand,
}

impl Own {
    /// A server whose tokens are checked so, with what a test has it offer.
    pub(super) async fn start(
        auth: impl FnOnce(&Issuer) -> Auth,
        offers: impl FnOnce(McpServer) -> McpServer,
    ) -> Self {
        let issuer = Issuer::start().await;
        issuer.serves(URL);
        let (clock, hand) = Clock::by_hand();
        let server = McpServer::new("own").public_url(URL).auth(auth(&issuer)).clock(clock.clone());
        let server = offers(server).build().unwrap_or_else(|error| panic!("{error}"));
        Self { issuer, router: canary::watched(server.router()), clock, hand }
    }

    /// A server that checks tokens by keys, and has a tool for every caller.
    pub(super) async fn by_keys() -> Self {
        Self::start(|issuer| Auth::issuer(issuer.url()), |server| server.tool(who())).await
    }

    /// A good token by the server's clock, to be bent.
    pub(super) fn mint(&self, scopes: &str) -> Mint {
        self.issuer.mint(scopes).at(self.now())
    }

    /// The time that the server's clock shows, in seconds since 1970.
    pub(super) fn now(&self) -> i64 {
        seconds(self.clock.wall())
    }

    /// Lets time pass.
    pub(super) fn later(&self, time: Duration) {
        self.hand.advance(time);
    }

    /// Calls the tool for every caller.
    pub(super) async fn call(&self, token: &str) -> Reply {
        Draft::call("who", json!({})).bearer(token).send(&self.router).await
    }

    /// Calls it with a token that nobody has seen before.
    pub(super) async fn call_anew(&self) -> Reply {
        self.call(&self.mint("").token()).await
    }
}

/// A tool that says who calls.
pub(super) fn who() -> Tool {
    let who = |call: mcp_server::Invocation| async move {
        let principal = Principal::from_call(&call.call)?;
        let shown = format!("{principal:?}");
        assert!(canary::find(&shown).is_none(), "a principal shows its token: {shown}");
        Ok(mcp_server::ToolResult::text(principal.subject().unwrap_or("nobody").to_owned()))
    };
    Tool::new("who", "Says who calls.", who).authenticated()
}
