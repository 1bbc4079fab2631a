//! An authorization server whose JWTs are taken.

use std::{sync::Arc, time::Duration};

use super::{
    address::{flaw_of_endpoint, flaw_of_issuer},
    algorithm::Algorithm,
    fetch::Web,
    jwt::{Audiences, Checker, Rules},
    keys::{Keys, Publisher},
};
use crate::clock::Clock;

/// How much an issuer's clock may differ from ours, and the most that it may.
const LEEWAY: Duration = Duration::from_secs(30);
const MOST_LEEWAY: Duration = Duration::from_mins(1);

/// An authorization server whose access tokens are JWTs (RFC 9068): where its keys are, and how its tokens are read.
///
/// Its identifier is all that a server by the book needs. The rest is for others: each of these methods says which.
///
/// # Example
///
/// ```
/// use mcp_server::{Auth, Issuer};
///
/// let auth = Auth::issuer(
///     Issuer::new("https://login.microsoftonline.com/7f0c/v2.0")
///         .audience("api://files")
///         .client_claim("azp")
///         .warning_accept_untyped(true),
/// );
/// ```
#[derive(Debug, Clone)]
pub struct Issuer {
    pub(super) url: String,
    jwks_uri: Option<String>,
    audiences: Vec<String>,
    algorithms: Vec<Algorithm>,
    reading: Reading,
}

/// How a token is read.
#[derive(Debug, Clone)]
struct Reading {
    leeway: Duration,
    scopes: Option<String>,
    client: Option<String>,
    accept_untyped: bool,
}

impl Issuer {
    /// The issuer of this identifier, written exactly as it writes itself in its tokens (`iss`) and its metadata: with
    /// its last slash, or without.
    pub fn new(url: impl Into<String>) -> Self {
        let reading = Reading { leeway: LEEWAY, scopes: None, client: None, accept_untyped: false };
        Self {
            url: url.into(),
            jwks_uri: None,
            audiences: Vec::new(),
            algorithms: Algorithm::USUAL.to_vec(),
            reading,
        }
    }

    /// Takes tokens for one more audience (`aud`) beside the server's own URL: for issuers that know nothing of resource
    /// indicators (RFC 8707), and write a name of theirs. Compared to the letter, but for the case of a scheme and host.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// With which algorithms it may sign. Default: RS256, ES256, ES384, `EdDSA` and PS256.
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// How much its clock may differ from this machine's: a minute at most. Default: 30 seconds.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.reading.leeway = leeway;
        self
    }

    /// The claim that holds the scopes, as a string with spaces between or as an array of strings. Default: `scope`, or
    /// if there is none `scp`.
    #[must_use]
    pub fn scopes_claim(mut self, claim: impl Into<String>) -> Self {
        self.reading.scopes = Some(claim.into());
        self
    }

    /// The claim that names the client, which a token must have (RFC 9068). Default: `client_id`; of an issuer that is
    /// [marked untyped](Self::warning_accept_untyped), the first there is of `client_id`, `azp`, `cid` and `appid`.
    #[must_use]
    pub fn client_claim(mut self, claim: impl Into<String>) -> Self {
        self.reading.client = Some(claim.into());
        self
    }

    /// Where its keys are, for an issuer that publishes no metadata. Default: what its metadata says.
    #[must_use]
    pub fn jwks_uri(mut self, url: impl Into<String>) -> Self {
        self.jwks_uri = Some(url.into());
        self
    }

    /// Takes tokens whose header doesn't say that they are access tokens (`typ` is `JWT` or missing), as older issuers
    /// send them: Keycloak, Entra and Auth0 unless they are told otherwise.
    ///
    /// The name warns because an ID token, which every client has for showing who has signed in, looks nearly the same.
    /// So such a token must name a client and scopes, and must have none of `nonce`, `at_hash` and `c_hash`. Default:
    /// `false`.
    #[must_use]
    pub fn warning_accept_untyped(mut self, accept: bool) -> Self {
        self.reading.accept_untyped = accept;
        self
    }

    /// What is wrong with it: each time the rule, and the fix.
    pub(super) fn problems(&self) -> Vec<String> {
        let url = &self.url;
        let mut problems: Vec<String> =
            flaw_of_issuer(url).map(|flaw| format!("the issuer `{url}`: {flaw}")).into_iter().collect();
        let mut note = |text: String| problems.push(format!("the issuer `{url}`: {text}"));
        if let Some(flaw) = self.jwks_uri.as_deref().and_then(flaw_of_endpoint) {
            note(format!("its `jwks_uri`: {flaw}"));
        }
        self.audiences.iter().filter_map(|audience| flaw_of_audience(audience)).for_each(&mut note);
        if self.algorithms.is_empty() {
            note("it may sign with no algorithm, so every token is refused; leave `algorithms` out".into());
        }
        if self.reading.leeway > MOST_LEEWAY {
            note("its leeway is over a minute, the most there may be; set its clock right instead".into());
        }
        for (claim, name) in [(&self.reading.scopes, "scopes_claim"), (&self.reading.client, "client_claim")]
        {
            if claim.as_deref() == Some("") {
                note(format!("`{name}` is empty; give a claim's name, or leave it out"));
            }
        }
        problems
    }

    /// What checks its tokens.
    pub(super) fn checker(self, resource: &str, web: Web, clock: Clock) -> Checker {
        let publisher = Publisher { issuer: self.url.clone(), jwks_uri: self.jwks_uri, web };
        let rules = Rules {
            issuer: self.url,
            audiences: Audiences::new(resource, &self.audiences),
            leeway: self.reading.leeway,
            scopes: self.reading.scopes,
            client: self.reading.client,
            lifetime: None,
            by_the_book: !self.reading.accept_untyped,
        };
        let keys: Arc<Keys> = Keys::new(publisher, clock);
        Checker { rules, algorithms: self.algorithms, accept_untyped: self.reading.accept_untyped, keys }
    }
}

/// What is wrong with an audience.
pub(super) fn flaw_of_audience(audience: &str) -> Option<String> {
    match audience {
        _ if audience.trim().is_empty() => Some(
            "an audience is empty; give the name that the issuer writes into `aud`, or leave it out".into(),
        ),
        _ if audience.contains('*') => Some(format!(
            "the audience `{audience}` has a `*`, and a token for anybody is for nobody; name each audience in full"
        )),
        _ => None,
    }
}

impl From<&str> for Issuer {
    fn from(url: &str) -> Self {
        Self::new(url)
    }
}

impl From<String> for Issuer {
    fn from(url: String) -> Self {
        Self::new(url)
    }
}
