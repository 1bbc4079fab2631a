//! An issuer that signs anything, a network that answers what it is told, and the tests that use them.

mod answers;
mod build;
mod cache;
mod direct;
mod discovery;
mod introspection;
mod jwt;
mod signer;
mod times;
mod verifiers;

use std::{sync::Arc, time::Duration};

use answers::{Answers, json};
use serde_json::{Value, json};
use signer::Signer;

use super::{AccessToken, Auth, Built, Issuer, Rejected, Tokens, Verified, attempts::SourceStanding};
use crate::clock::{Clock, Hand};

const RESOURCE: &str = "https://mcp.example.com/mcp";
const ISSUER: &str = "https://id.example.com";
const METADATA: &str = "https://id.example.com/.well-known/oauth-authorization-server";
const KEYS: &str = "https://id.example.com/keys";

/// A server that trusts an issuer, and what is around it.
struct World {
    tokens: Arc<Tokens>,
    answers: Answers,
    clock: Clock,
    hand: Hand,
    signer: Signer,
}

impl World {
    /// An issuer by the book, with one key.
    fn new() -> Self {
        Self::with(|issuer| issuer)
    }

    /// The same, except for what is changed here.
    fn with(change: impl FnOnce(Issuer) -> Issuer) -> Self {
        Self::of(Auth::issuer(change(Issuer::new(ISSUER))))
    }

    fn of(auth: Auth) -> Self {
        let (clock, hand) = Clock::by_hand();
        let (answers, signer) = (Answers::default(), Signer::p256("one"));
        answers.publish(&[&signer]);
        let built = auth.fetcher(answers.clone()).build(RESOURCE, clock.clone());
        let Ok(Built::Checked(tokens)) = built else { panic!("it isn't open, and right") };
        Self { tokens, answers, clock, hand, signer }
    }

    async fn verify(&self, token: &str) -> Result<Verified, Rejected> {
        self.tokens.verify(&AccessToken::new(token), SourceStanding::Good).await.map(|(verified, _)| verified)
    }

    /// A token of the issuer's with these claims changed; `null` takes one away.
    fn token(&self, changes: Value) -> String {
        self.signer.token(json!({}), self.claims(changes))
    }

    /// A token of the issuer's with this in its header changed.
    fn headed(&self, changes: Value) -> String {
        self.signer.token(changes, self.claims(json!({})))
    }

    /// What is in a good token, with this changed.
    fn claims(&self, changes: Value) -> Value {
        let now = self.clock.wall().as_secs();
        let good = json!({
            "iss": ISSUER, "aud": RESOURCE, "sub": "ada", "client_id": "editor", "scope": "files:read files:write",
            "iat": now, "exp": now + 300, "jti": "1",
        });
        changed(good, changes)
    }

    async fn takes(&self, token: &str) -> Verified {
        self.verify(token).await.unwrap()
    }

    /// The token is no good, for this reason.
    #[track_caller]
    fn refuses(&self, token: &str, because: &str) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            match self.verify(token).await {
                Err(Rejected::Invalid(reason)) if reason.contains(because) => {
                    let leaks = token.split('.').any(|part| part.len() > 8 && reason.contains(part));
                    assert!(!leaks, "{caller}: {reason}");
                }
                other => panic!("{caller}: refused because {because:?}, not {other:?}"),
            }
        }
    }

    /// Nobody knows whether the token is good. Gives when to ask again.
    #[track_caller]
    fn cannot_tell(&self, token: &str) -> impl Future<Output = Duration> {
        let caller = std::panic::Location::caller();
        async move {
            match self.verify(token).await {
                Err(Rejected::Unavailable { retry_after }) => retry_after,
                other => panic!("{caller}: unavailable, not {other:?}"),
            }
        }
    }
}

/// An object with members changed, added, and taken away by `null`.
fn changed(mut object: Value, changes: Value) -> Value {
    let (Value::Object(members), Value::Object(changes)) = (&mut object, changes) else { panic!("objects") };
    for (name, value) in changes {
        if value.is_null() {
            members.remove(&name);
        } else {
            members.insert(name, value);
        }
    }
    object
}
