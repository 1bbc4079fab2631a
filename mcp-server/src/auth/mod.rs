//! Who is calling?
//!
//! Takes a request's headers and where it comes from, gives a [`Principal`](crate::Principal), or a refusal and the
//! challenge that says what is missing. [`Door`] is the way in, [`Tokens`] decides whether a token is good. Knows nothing
//! of what is called, or of how a response is written. Time, and the way to authorization servers, are arguments.

mod address;
mod algorithm;
mod attempts;
mod bearer;
mod cache;
mod challenge;
mod discovery;
mod door;
mod fetch;
mod introspection;
mod issuer;
mod jwks;
mod jwt;
mod keys;
mod resource;
mod source;
#[cfg(test)]
mod tests;
mod tokens;
mod verifier;

use std::{collections::HashSet, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

pub(crate) use address::is_local;
pub use algorithm::Algorithm;
pub(crate) use door::{Door, Doorway, LONGEST_TOKEN};
use fetch::{Direct, Web, causes};
pub use fetch::{Fetch, FetchError};
pub use introspection::Introspection;
pub use issuer::Issuer;
pub(crate) use resource::{Resource, WELL_KNOWN};
pub(crate) use source::Proxies;
pub(crate) use tokens::{CacheLimits, Tokens};
use tokens::{Own, Source};
pub use verifier::{AccessToken, Rejected, Verified, Verifier};

use crate::clock::Clock;

/// A future whose type isn't named: what [`Verifier`] and [`Fetch`] give. `Box::pin(async { .. })` makes one.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Who may come in: those with a token of one of these authorization servers, or everybody.
///
/// # Example
///
/// ```
/// use mcp_server::Auth;
///
/// let auth = Auth::issuer("https://id.example.com");
/// ```
#[must_use]
pub struct Auth {
    parties: Vec<Party>,
    fetcher: Option<Arc<dyn Fetch>>,
    cache: Option<CacheLimits>,
}

/// Who comes in, by one of the ways there are.
enum Party {
    Issuer(Issuer),
    Introspection(Introspection),
    Verifier(Own),
    Everybody { forced: bool },
}

/// What was decided.
pub(crate) enum Built {
    /// Everybody may come in; `forced` if that was meant for others than this machine too.
    Open { forced: bool },
    /// Those with a good token may.
    Checked(Arc<Tokens>),
}

impl Auth {
    /// Those with an access token that this authorization server has signed (RFC 9068), for this server. By
    /// [`Issuer`] can be said how it differs from what is usual.
    pub fn issuer(issuer: impl Into<Issuer>) -> Self {
        Self::of(Party::Issuer(issuer.into()))
    }

    /// Those with a token of which its authorization server says, when asked, that it is good (RFC 7662).
    pub fn introspection(introspection: Introspection) -> Self {
        Self::of(Party::Introspection(introspection))
    }

    /// Those with a token that the program itself says is good.
    pub fn verifier(verifier: impl Verifier) -> Self {
        Self::of(Party::Verifier(Own { issuers: verifier.issuers(), verifier: Arc::new(verifier) }))
    }

    /// Everybody, without a token. For this machine only: a server that listens elsewhere, or has a public URL elsewhere,
    /// doesn't start. A [router](crate::Server::router) in an application of yours is reached where that is.
    pub fn none() -> Self {
        Self::of(Party::Everybody { forced: false })
    }

    /// Everybody who reaches the server, from wherever, without a token. The name warns: whoever finds the address can
    /// call every function.
    pub fn warning_none_for_everyone() -> Self {
        Self::of(Party::Everybody { forced: true })
    }

    /// Those as well.
    ///
    /// A token goes to the issuer that it names. One that names none is shown to the verifiers in their order, and then
    /// to the issuer that is asked by introspection, if there is one; with several, no such token is taken.
    ///
    /// # Example
    ///
    /// ```
    /// use mcp_server::Auth;
    ///
    /// let auth = Auth::issuer("https://id.example.com").or(Auth::issuer("https://login.example.org"));
    /// ```
    pub fn or(mut self, other: Self) -> Self {
        self.parties.extend(other.parties);
        Self { fetcher: self.fetcher.or(other.fetcher), cache: self.cache.or(other.cache), ..self }
    }

    /// Sends the requests to authorization servers. Default: directly, or by the proxy that the environment names
    /// (`HTTPS_PROXY`).
    pub fn fetcher(mut self, fetcher: impl Fetch) -> Self {
        self.fetcher = Some(Arc::new(fetcher));
        self
    }

    /// How many tokens are remembered that were found good, and how long: for so long a revoked one may be taken. Never
    /// longer than a token is good. Default: 10,000 tokens for 5 minutes.
    pub fn token_cache(mut self, entries: usize, time: Duration) -> Self {
        self.cache = Some(CacheLimits { entries, time });
        self
    }

    fn of(party: Party) -> Self {
        Self { parties: vec![party], fetcher: None, cache: None }
    }

    /// Checks what was said, and makes it ready for the server whose own URL is `resource`.
    ///
    /// # Errors
    ///
    /// Everything that is wrong: each time the rule, and the fix.
    pub(crate) fn build(self, resource: &str, clock: Clock) -> Result<Built, Vec<String>> {
        let mut problems = self.problems();
        if let Some(forced) = self.open()
            && problems.is_empty()
        {
            return Ok(Built::Open { forced });
        }
        let fetcher = self.fetcher.map_or_else(|| Direct::new().map(|direct| Arc::new(direct) as _), Ok);
        let web = match fetcher {
            Ok(fetcher) if problems.is_empty() => Web::new(fetcher),
            Ok(_) => return Err(problems),
            Err(error) => {
                let error = causes(&error);
                let text = "requests to authorization servers can't be made; are there root certificates";
                problems.push(format!("{text}? {error}"));
                return Err(problems);
            }
        };
        let sources = self.parties.into_iter().filter_map(|party| match party {
            Party::Issuer(issuer) => Some(Source::Keys(issuer.checker(resource, web.clone(), clock.clone()))),
            Party::Introspection(asked) => {
                Some(Source::Asked(asked.asker(resource, web.clone(), clock.clone())))
            }
            Party::Verifier(own) => Some(Source::Own(own)),
            Party::Everybody { .. } => None,
        });
        let tokens = Tokens::new(sources.collect(), self.cache.unwrap_or_default(), clock);
        Ok(Built::Checked(Arc::new(tokens)))
    }

    /// Whether everybody may come in, and if so from where.
    fn open(&self) -> Option<bool> {
        let mut open = self.parties.iter().filter_map(|party| match party {
            Party::Everybody { forced } => Some(*forced),
            _ => None,
        });
        open.next().map(|first| first || open.any(|forced| forced))
    }

    /// Whether everybody may come in, who is on this machine.
    pub(crate) fn is_for_this_machine(&self) -> bool {
        self.open() == Some(false)
    }

    fn problems(&self) -> Vec<String> {
        let mut problems: Vec<String> = self.parties.iter().flat_map(Party::problems).collect();
        let is_checked = self.parties.iter().any(|party| !matches!(party, Party::Everybody { .. }));
        if is_checked && self.open().is_some() {
            problems.push(
                "everybody may come in without a token, so nobody is asked for one; leave `Auth::none()` out, or the others"
                    .to_owned(),
            );
        }
        let issuers: Vec<&str> = self.parties.iter().flat_map(Party::issuers).collect();
        if is_checked && issuers.is_empty() {
            problems.push(
                "there is no issuer, and a client can't find out where to get a token; `Verifier::issuers` must name one"
                    .to_owned(),
            );
        }
        let mut seen = HashSet::new();
        for twice in issuers.iter().filter(|issuer| !seen.insert(**issuer)) {
            problems.push(format!(
                "the issuer `{twice}` is given twice, and its tokens can be checked in one way only; leave one out"
            ));
        }
        problems
    }
}

impl Party {
    fn issuers(&self) -> Vec<&str> {
        match self {
            Self::Issuer(issuer) => vec![&issuer.url],
            Self::Introspection(asked) => vec![&asked.issuer],
            Self::Verifier(own) => own.issuers.iter().map(String::as_str).collect(),
            Self::Everybody { .. } => Vec::new(),
        }
    }

    fn problems(&self) -> Vec<String> {
        match self {
            Self::Issuer(issuer) => issuer.problems(),
            Self::Introspection(asked) => asked.problems(),
            Self::Verifier(own) => {
                let flaw =
                    |url: &String| Some(format!("the issuer `{url}`: {}", address::flaw_of_issuer(url)?));
                own.issuers.iter().filter_map(flaw).collect()
            }
            Self::Everybody { .. } => Vec::new(),
        }
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("parties", &self.parties)
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issuer(issuer) => issuer.fmt(f),
            Self::Introspection(asked) => asked.fmt(f),
            Self::Verifier(own) => f.debug_tuple("Verifier").field(&own.issuers).finish(),
            Self::Everybody { forced: false } => f.write_str("None"),
            Self::Everybody { forced: true } => f.write_str("NoneForEveryone"),
        }
    }
}
