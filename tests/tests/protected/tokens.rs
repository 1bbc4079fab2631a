//! Tokens that say in plain text what they are good for, and who reads them.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use mcp_server::{AccessToken, BoxFuture, Clock, Rejected, Verified, Verifier};
use mcp_tests::wire::Draft;
use serde_json::json;

/// The issuer of most tokens.
pub(super) const ISSUER: &str = "https://id.example.com";

/// Another one that the server trusts.
pub(super) const OTHER: &str = "https://login.example.org";

/// What every token begins with, so that one that got out is found.
pub(super) const CANARY: &str = "canary";

/// A token: `canary~alice~app~files/read+files/write~600~0~1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    subject: String,
    client: String,
    scopes: String,
    /// How many seconds it is good.
    seconds: u64,
    issuer: usize,
    serial: usize,
}

/// A token of Alice, by her app, for a while.
pub(super) fn alice(scopes: &str) -> Token {
    let scopes = scopes.to_owned();
    Token {
        subject: "alice".to_owned(),
        client: "app".to_owned(),
        scopes,
        seconds: 600,
        issuer: 0,
        serial: 0,
    }
}

/// The same of Bob.
pub(super) fn bob(scopes: &str) -> Token {
    Token { subject: "bob".to_owned(), ..alice(scopes) }
}

impl Token {
    /// By another client. Without a name: by none.
    pub(super) fn client(self, client: &str) -> Self {
        Self { client: client.to_owned(), ..self }
    }

    /// Of another user. Without a name: the client acts for itself.
    pub(super) fn subject(self, subject: &str) -> Self {
        Self { subject: subject.to_owned(), ..self }
    }

    /// From the other issuer.
    pub(super) fn foreign(self) -> Self {
        Self { issuer: 1, ..self }
    }

    /// Good for so long.
    pub(super) fn seconds(self, seconds: u64) -> Self {
        Self { seconds, ..self }
    }

    /// Another token that says the same.
    pub(super) fn serial(self, serial: usize) -> Self {
        Self { serial, ..self }
    }

    fn read(text: &str, start: Duration) -> Option<Verified> {
        let parts: Vec<&str> = text.split('~').collect();
        let [CANARY, subject, client, scopes, seconds, issuer, _] = *parts else { return None };
        let issuer = [ISSUER, OTHER].get(issuer.parse::<usize>().ok()?)?;
        let expires = start + Duration::from_secs(seconds.parse().ok()?);
        let scopes = scopes.replace('/', ":");
        let scopes = scopes.split('+').filter(|scope| !scope.is_empty());
        let claims = json!({ "email": format!("{subject}@example.com"), "client_id": client });
        let verified = Verified::new(*issuer, expires).scopes(scopes);
        let verified = verified.claims(claims.as_object()?.clone());
        let verified = if subject.is_empty() { verified } else { verified.subject(subject) };
        Some(if client.is_empty() { verified } else { verified.client(client) })
    }
}

/// As it is sent. The alphabet of tokens has no colon.
impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, client, scopes, seconds, issuer, serial } = self;
        let scopes = scopes.replace(' ', "+").replace(':', "/");
        write!(f, "{CANARY}~{subject}~{client}~{scopes}~{seconds}~{issuer}~{serial}")
    }
}

/// What sends a token along.
pub(super) trait Signed {
    /// The same with this token.
    fn with(&self, token: &Token) -> Self;
}

impl Signed for Draft {
    fn with(&self, token: &Token) -> Self {
        self.clone().header("authorization", &format!("Bearer {token}"))
    }
}

/// Who reads the tokens. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Reader(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: Duration,
    asked: Mutex<HashMap<String, usize>>,
    is_down: AtomicBool,
}

impl Reader {
    /// Its tokens count their seconds from now.
    pub(super) fn new(clock: &Clock) -> Self {
        let inner = Inner { start: clock.wall(), asked: Mutex::default(), is_down: AtomicBool::new(false) };
        Self(Arc::new(inner))
    }

    /// How often it was asked about a token.
    pub(super) fn asked(&self, token: &Token) -> usize {
        self.0.asked.lock().unwrap().get(&token.to_string()).copied().unwrap_or_default()
    }

    /// From now on it can't say anything, or can again.
    pub(super) fn down(&self, is_down: bool) {
        self.0.is_down.store(is_down, Ordering::Relaxed);
    }
}

impl Verifier for Reader {
    fn issuers(&self) -> Vec<String> {
        vec![ISSUER.to_owned(), OTHER.to_owned()]
    }

    fn verify<'a>(&'a self, token: &'a AccessToken) -> BoxFuture<'a, Result<Verified, Rejected>> {
        let text = token.reveal();
        *self.0.asked.lock().unwrap().entry(text.to_owned()).or_default() += 1;
        Box::pin(async move {
            if self.0.is_down.load(Ordering::Relaxed) {
                return Err(Rejected::Unavailable { retry_after: Duration::from_millis(6_500) });
            }
            Token::read(text, self.0.start).ok_or(Rejected::Invalid("it can't be read".into()))
        })
    }
}
