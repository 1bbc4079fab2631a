//! Who may come in.

use std::{
    fmt,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use super::{
    AccessToken, Rejected, Tokens, Verified,
    attempts::{Attempts, Begun, SourceStanding},
    bearer::{Credential, is_token68},
    cache::Cache,
    challenge::{Reason, challenge},
    jwks::Key,
    resource::Resource,
    source::Proxies,
};
use crate::{
    call::Principal,
    clock::{Clock, Seldom},
    error::{ProtocolError, Refusal, whole_seconds},
    quota::Network,
};

/// The longest token unless the server says otherwise, in bytes: one with 150 groups has about 9 KiB.
pub(crate) const LONGEST_TOKEN: usize = 32 * 1024;

/// How often it is said that tokens can't be checked.
const SAID_EACH: Duration = Duration::from_mins(1);

/// The door of a protected resource: every request passes it, and none is known by anything but its token.
pub(crate) struct Door {
    tokens: Arc<Tokens>,
    resource: Resource,
    /// What is to be asked for at first, separated by spaces.
    start: String,
    metadata: Bytes,
    cache: Cache,
    /// For how long a token is good without being checked again.
    cached: Duration,
    attempts: Attempts,
    proxies: Proxies,
    /// Whether it was said that there seems to be a proxy that nobody has named.
    told: AtomicBool,
    /// How many bytes a token may have.
    longest: usize,
    unchecked: Seldom,
    clock: Clock,
}

/// What a door is made of.
pub(crate) struct Doorway {
    pub(crate) name: String,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) resource: Resource,
    /// The scopes that a client is asked to begin with.
    pub(crate) start: Vec<String>,
    pub(crate) proxies: Proxies,
    /// How many bytes a token may have.
    pub(crate) longest: usize,
    pub(crate) clock: Clock,
}

impl Door {
    pub(crate) fn new(doorway: Doorway) -> Result<Self, ProtocolError> {
        let Doorway { name, tokens, resource, mut start, proxies, longest, clock } = doorway;
        // What a client needs to stay signed in is between it and the issuer: the specification keeps it out of here.
        start.retain(|scope| scope != "offline_access");
        let limits = tokens.cache_limits();
        Ok(Self {
            metadata: resource.metadata(&name, tokens.issuers(), &start),
            start: start.join(" "),
            cache: Cache::new(limits.entries)?,
            attempts: Attempts::default(),
            tokens,
            resource,
            cached: limits.time,
            proxies,
            told: AtomicBool::new(false),
            longest,
            unchecked: Seldom::new(SAID_EACH),
            clock,
        })
    }

    /// Who sends a request with these headers, if its token was found good lately. Takes no look at anything but that.
    ///
    /// # Errors
    ///
    /// No token, more than one, or one that is too long.
    pub(crate) fn recognize(&self, headers: &HeaderMap) -> Result<Option<Principal>, Refusal> {
        match Credential::of(headers, self.longest) {
            // The wall's clock is asked as well: the other one stands still while a machine sleeps.
            Credential::Token(token) => Ok(self
                .cache
                .get(token, self.clock.now())
                .filter(|principal| principal.expires().is_some_and(|end| self.clock.wall() < end))),
            Credential::NotAToken => Ok(None),
            Credential::TooLong => Err(Refusal::LongToken { limit: self.longest }),
            Credential::None => Err(Refusal::NoToken),
            Credential::Several => Err(Refusal::SeveralCredentials),
        }
    }

    /// Checks the token of a request that isn't recognized. `peer` is where its connection comes from.
    ///
    /// # Errors
    ///
    /// A token that is no good, or can't be checked now; or too many of its source were no good.
    pub(crate) async fn admit(
        &self,
        headers: &HeaderMap,
        peer: Option<IpAddr>,
    ) -> Result<Principal, Refusal> {
        let source = self.source(headers, peer);
        let begun = self.attempts.begin(source, self.clock.now());
        let Begun { wait, standing } =
            begun.map_err(|wait| Refusal::TooManyFailures { seconds: whole_seconds(wait) })?;
        let reason = match self.look(headers, standing).await {
            Ok(principal) => {
                self.attempts.forgive(source);
                return Ok(principal);
            }
            Err(Rejected::Unavailable { retry_after }) => {
                let now = self.clock.now();
                self.attempts.postpone(source, now);
                if let Some(unsaid) = self.unchecked.due(now) {
                    let text = "access tokens can't be checked at the moment: clients keep theirs, and whoever sends many waits";
                    tracing::warn!(unsaid, "{text}");
                }
                return Err(Refusal::CannotCheck { seconds: whole_seconds(retry_after) });
            }
            Err(Rejected::Invalid(reason)) => reason,
        };
        // Why is for the log: who tries tokens out learns nothing.
        tracing::debug!(target: "mcp_server::auth", reason = &*reason, "a token was refused");
        Err(wait.map_or(Refusal::BadToken, |wait| Refusal::TooManyFailures { seconds: whole_seconds(wait) }))
    }

    async fn look(&self, headers: &HeaderMap, standing: SourceStanding) -> Result<Principal, Rejected> {
        let Credential::Token(token) = Credential::of(headers, self.longest) else {
            return Err(Rejected::Invalid("it is no text".into()));
        };
        if !is_token68(token) {
            return Err(Rejected::Invalid("it is no word of RFC 6750's alphabet".into()));
        }
        let (verified, key) = self.tokens.verify(&AccessToken::new(token), standing).await?;
        Ok(self.known(token, verified, key))
    }

    /// The network that a request comes from, behind the proxies that are trusted.
    pub(crate) fn source(&self, headers: &HeaderMap, peer: Option<IpAddr>) -> Network {
        let Some(peer) = peer else { return Network::UNKNOWN };
        if self.proxies.is_untold(headers) && !self.told.swap(true, Ordering::Relaxed) {
            let text = "requests come with `X-Forwarded-For`, and no proxy is trusted: limits by address count all callers \
                        of a proxy as one; name it with `--trusted-proxies`";
            tracing::warn!(%peer, "{text}");
        }
        self.proxies.client(peer, headers).into()
    }

    /// The proxies that are trusted.
    pub(crate) fn proxies(&self) -> &Proxies {
        &self.proxies
    }

    fn known(&self, token: &str, verified: Verified, key: Option<Arc<Key>>) -> Principal {
        let left = verified.expires.saturating_sub(self.clock.wall());
        let good = left.min(self.cached).min(verified.cache_for.unwrap_or(Duration::MAX));
        let principal = Principal::from(verified);
        if !good.is_zero() {
            self.cache.insert(token, (principal.clone(), key), self.clock.now().saturating_add(good));
        }
        principal
    }

    /// What goes with a refusal so that its client gets what it is missing.
    pub(crate) fn challenge(&self, refusal: &Refusal) -> Option<HeaderValue> {
        let metadata = self.resource.metadata_url();
        let of = |reason, scope: &str| challenge(reason, scope, metadata);
        match refusal {
            Refusal::NoToken => of(Reason::NoToken, &self.start),
            Refusal::BadToken => of(Reason::InvalidToken, &self.start),
            Refusal::SeveralCredentials => of(Reason::InvalidRequest, ""),
            Refusal::Protocol { error: ProtocolError::Unauthenticated { scopes }, .. } => {
                of(Reason::NoToken, if scopes.is_empty() { &self.start } else { scopes })
            }
            Refusal::Protocol { error: ProtocolError::InsufficientScope { scopes }, .. } => {
                of(Reason::InsufficientScope, scopes)
            }
            _ => None,
        }
    }

    /// The resource's metadata, a JSON document.
    pub(crate) fn metadata(&self) -> Bytes {
        self.metadata.clone()
    }

    /// The path of the metadata that belongs to the resource's own path.
    pub(crate) fn metadata_path(&self) -> &str {
        self.resource.metadata_path()
    }

    /// Fetches what is needed to check tokens, and says in the log what there is.
    pub(crate) async fn warm_up(&self) {
        self.tokens.warm_up().await;
    }

    /// The scopes that a client is asked to begin with, separated by spaces.
    pub(crate) fn start(&self) -> &str {
        &self.start
    }

    /// The issuers, and the resource that their tokens are for.
    pub(crate) fn parties(&self) -> (&[String], &str) {
        (self.tokens.issuers(), self.resource.url())
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (issuers, resource) = self.parties();
        f.debug_struct("Door").field("issuers", &issuers).field("resource", &resource).finish_non_exhaustive()
    }
}
