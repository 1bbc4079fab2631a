//! What a token is before it is checked, what it is after, and the trait of those who check.

use std::{borrow::Cow, fmt, time::Duration};

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::BoxFuture;
use crate::call::{Principal, Somebody};

/// Decides whether a token is good, where neither [`Auth::issuer`](super::Auth::issuer) nor
/// [`Auth::introspection`](super::Auth::introspection) can: keys of an API, say, or tokens of an old system.
///
/// It is asked about every token that names one of its [`issuers`](Verifier::issuers), and about every token that is
/// not a JWT. What it answers may be kept for as long as [`Verified::cache_for`] says.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use mcp_server::{AccessToken, Auth, BoxFuture, Rejected, Verified, Verifier};
///
/// struct Keys;
///
/// impl Verifier for Keys {
///     fn issuers(&self) -> Vec<String> {
///         vec!["https://keys.example.com".into()]
///     }
///
///     fn verify<'a>(&'a self, token: &'a AccessToken) -> BoxFuture<'a, Result<Verified, Rejected>> {
///         Box::pin(async move {
///             let (user, expires) = look_up(token.reveal()).await.ok_or(Rejected::Invalid("no such key".into()))?;
///             Ok(Verified::new("https://keys.example.com", expires).subject(user).scopes(["files:read"]))
///         })
///     }
/// }
/// # async fn look_up(key: &str) -> Option<(String, Duration)> { None }
///
/// let auth = Auth::verifier(Keys);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` doesn't decide about tokens",
    label = "`Verifier` is not implemented for this type",
    note = "implement `mcp_server::Verifier`, or use `Auth::issuer(\"https://…\")`"
)]
pub trait Verifier: Send + Sync + 'static {
    /// The authorization servers whose tokens this takes: where a client is told to get one. URLs, exactly as the
    /// servers write them. Asked once, at the start.
    fn issuers(&self) -> Vec<String>;

    /// Decides about a token. A token that is no good is [`Rejected::Invalid`]; what can't be decided now is
    /// [`Rejected::Unavailable`], or clients throw good tokens away.
    fn verify<'a>(&'a self, token: &'a AccessToken) -> BoxFuture<'a, Result<Verified, Rejected>>;
}

/// A token that a client has sent. Whoever has it can act as the client, so it is shown to nobody: it has no
/// `Display`, and is wiped from memory when it is dropped.
pub struct AccessToken(Zeroizing<String>);

impl AccessToken {
    /// This token: for tests of a [`Verifier`].
    pub fn new(token: &str) -> Self {
        Self(Zeroizing::new(token.to_owned()))
    }

    /// The token itself, for those who check it. It belongs into no log, and is no good anywhere else: it was given
    /// for this server.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(..)")
    }
}

/// What a good token says.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Verified {
    /// The issuer's identifier.
    pub issuer: String,
    /// The user, unique at the issuer. Without one a client acts on its own behalf.
    pub subject: Option<String>,
    /// The client that the token was issued to.
    pub client: Option<String>,
    /// What it may do.
    pub scopes: Vec<String>,
    /// Everything that the issuer says.
    pub claims: Map<String, Value>,
    /// From when on it is no good any more, since 1970 in UTC: leeway included.
    pub expires: Duration,
    /// How long this may be believed without asking again. Without it: as long as the server keeps such answers
    /// ([`Auth::token_cache`](super::Auth::token_cache)).
    pub cache_for: Option<Duration>,
}

impl Verified {
    /// A token of this issuer, good until then: a time since 1970 in UTC, as the
    /// system gives it since `UNIX_EPOCH`; [`Duration::MAX`] has no end. It needs a [`subject`](Self::subject) or a
    /// [`client`](Self::client), or it is nobody's and refused.
    pub fn new(issuer: impl Into<String>, expires: Duration) -> Self {
        Self {
            issuer: issuer.into(),
            subject: None,
            client: None,
            scopes: Vec::new(),
            claims: Map::new(),
            expires,
            cache_for: None,
        }
    }

    /// Names the user.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Names the client.
    #[must_use]
    pub fn client(mut self, client: impl Into<String>) -> Self {
        self.client = Some(client.into());
        self
    }

    /// Says what the token may do, scope by scope, or several with spaces between as the claim `scope` has them.
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let scopes = scopes.into_iter().map(Into::into);
        self.scopes = scopes
            .flat_map(|text: String| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        self
    }

    /// Says what else the issuer says.
    #[must_use]
    pub fn claims(mut self, claims: Map<String, Value>) -> Self {
        self.claims = claims;
        self
    }

    /// Bounds how long this may be believed without asking again.
    #[must_use]
    pub fn cache_for(mut self, time: Duration) -> Self {
        self.cache_for = Some(time);
        self
    }
}

/// Who a good token is of: what the server makes of it, and what a test of a function that takes a [`Principal`] makes.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use mcp_server::{Principal, Verified};
///
/// let ada: Principal = Verified::new("https://id.example.com", Duration::MAX).subject("ada").into();
/// assert_eq!(ada.subject(), Some("ada"));
/// ```
impl From<Verified> for Principal {
    fn from(verified: Verified) -> Self {
        let Verified { issuer, subject, client, scopes, claims, expires, .. } = verified;
        Somebody::new((issuer, subject, client), scopes, claims, expires).into()
    }
}

/// Why a token lets nobody in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// It is no good, and never will be: 401. The reason is for the log; a client is never told. It holds no part of
    /// the token.
    #[error("{0}")]
    Invalid(Cow<'static, str>),
    /// Whether it is good can't be found out now: 503, and the client keeps it.
    #[error("whether the token is good can't be found out now")]
    Unavailable {
        /// When to ask again.
        retry_after: Duration,
    },
}

/// A token that is no good, for a reason without any part of it.
pub(super) fn invalid(reason: &'static str) -> Rejected {
    Rejected::Invalid(Cow::Borrowed(reason))
}
