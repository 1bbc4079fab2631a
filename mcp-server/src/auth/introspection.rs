//! Tokens that say nothing by themselves: their issuer is asked (RFC 7662).

use std::{fmt, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::{
    address::{flaw_of_endpoint, flaw_of_issuer},
    attempts::SourceStanding,
    fetch::{Failure, LONGEST, Web, causes},
    issuer::flaw_of_audience,
    jwt::{Audiences, Rules},
    verifier::{AccessToken, Rejected, Verified, invalid},
};
use crate::{
    clock::{Clock, Seldom},
    protocol::json::{Json, Object},
};

/// The longest that an answer is believed: for so long a revoked token is good.
const MOST_CACHED: Duration = Duration::from_secs(30);

/// How much the issuer's clock may differ from ours.
const LEEWAY: Duration = Duration::from_secs(30);

/// How many questions are under way at once, at most; and how many of them for sources whose last tokens were no good, so
/// that those who try tokens out leave room for the others. What is beyond it waits.
const AT_ONCE: usize = 32;
const AT_ONCE_OF_FAILING: usize = 16;

/// How often it is said that an issuer doesn't answer.
const SAID_EACH: Duration = Duration::from_secs(10);

/// When to ask again whom nobody could ask.
const AGAIN: Duration = Duration::from_secs(10);

/// An authorization server that is asked about each token (RFC 7662): for tokens that say nothing by themselves, or
/// that must be refused soon after they are revoked.
///
/// A token for another server is refused here as a JWT's would be: the answer must have an `aud`.
///
/// # Example
///
/// ```
/// use mcp_server::{Auth, Introspection};
///
/// # let secret = "from the environment";
/// let introspection =
///     Introspection::new("https://id.example.com", "https://id.example.com/introspect", "files", secret);
/// let auth = Auth::introspection(introspection);
/// ```
#[derive(Clone)]
pub struct Introspection {
    pub(super) issuer: String,
    endpoint: String,
    client: String,
    secret: Zeroizing<String>,
    audiences: Vec<String>,
    cache: Duration,
}

impl Introspection {
    /// The issuer of this identifier, asked at this URL. The client and its secret are the server's own, by which the
    /// issuer knows who asks.
    pub fn new(
        issuer: impl Into<String>,
        endpoint: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> Self {
        Self {
            issuer: issuer.into(),
            endpoint: endpoint.into(),
            client: client_id.into(),
            secret: Zeroizing::new(client_secret.into()),
            audiences: Vec::new(),
            cache: MOST_CACHED,
        }
    }

    /// Takes tokens for one more audience (`aud`) beside the server's own URL.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// How long an answer is believed, and so how long a revoked token is good: 30 seconds at most, which is the
    /// default.
    #[must_use]
    pub fn cache(mut self, time: Duration) -> Self {
        self.cache = time;
        self
    }

    /// What is wrong with it: each time the rule, and the fix.
    pub(super) fn problems(&self) -> Vec<String> {
        let url = &self.issuer;
        let mut problems: Vec<String> =
            flaw_of_issuer(url).map(|flaw| format!("the issuer `{url}`: {flaw}")).into_iter().collect();
        let mut note = |text: String| problems.push(format!("the introspection of `{url}`: {text}"));
        if let Some(flaw) = flaw_of_endpoint(&self.endpoint) {
            note(format!("its endpoint: {flaw}"));
        }
        self.audiences.iter().filter_map(|audience| flaw_of_audience(audience)).for_each(&mut note);
        if self.client.is_empty() || self.secret.is_empty() {
            let text =
                "its client or secret is empty, and an issuer answers those only whom it knows; give both";
            note(text.into());
        }
        if self.cache > MOST_CACHED {
            note("its answers are kept for over 30 seconds, the most there may be; give less".into());
        }
        problems
    }

    /// What asks.
    pub(super) fn asker(self, resource: &str, web: Web, clock: Clock) -> Asker {
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        // RFC 6749 section 2.3.1: each is encoded as in a form, before both are as in RFC 7617.
        let pair = Zeroizing::new(format!("{}:{}", encoded(&self.client), encoded(&self.secret)));
        let rules = Rules {
            issuer: self.issuer,
            audiences: Audiences::new(resource, &self.audiences),
            leeway: LEEWAY,
            scopes: None,
            client: None,
            lifetime: Some(LIFETIME),
            by_the_book: false,
        };
        Asker {
            rules,
            cache: self.cache,
            endpoint: self.endpoint,
            credential: Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes()))),
            web,
            clock,
            slots: Slots::default(),
            said: Seldom::new(SAID_EACH),
        }
    }
}

impl fmt::Debug for Introspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Introspection")
            .field("issuer", &self.issuer)
            .field("endpoint", &self.endpoint)
            .field("client", &self.client)
            .field("audiences", &self.audiences)
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

/// How long what a token has begun may go on when its issuer doesn't say how long the token is good (`exp` is optional):
/// the streams. Whether it is still good is asked again for every request.
const LIFETIME: Duration = Duration::from_hours(1);

fn is_bearer(kind: &Json<'_>) -> bool {
    kind.as_str()
        .is_some_and(|kind| ["bearer", "access_token"].iter().any(|known| kind.eq_ignore_ascii_case(known)))
}

/// Asks an issuer about its tokens.
pub(super) struct Asker {
    rules: Rules,
    /// How long an answer is believed.
    cache: Duration,
    endpoint: String,
    credential: Zeroizing<String>,
    web: Web,
    clock: Clock,
    slots: Slots,
    said: Seldom,
}

/// Places for the questions that are under way.
struct Slots {
    all: Semaphore,
    /// A source that fails needs one of these as well.
    of_failing: Semaphore,
}

impl Default for Slots {
    fn default() -> Self {
        Self { all: Semaphore::new(AT_ONCE), of_failing: Semaphore::new(AT_ONCE_OF_FAILING) }
    }
}

impl Slots {
    /// A place for a question about a token of such a source, as soon as there is one.
    async fn take(
        &self,
        standing: SourceStanding,
    ) -> (Option<SemaphorePermit<'_>>, Option<SemaphorePermit<'_>>) {
        // Neither is ever closed.
        let of_failing = match standing {
            SourceStanding::Failing => self.of_failing.acquire().await.ok(),
            SourceStanding::Good => None,
        };
        (of_failing, self.all.acquire().await.ok())
    }
}

impl Asker {
    pub(super) fn issuer(&self) -> &String {
        &self.rules.issuer
    }

    pub(super) async fn check(
        &self,
        token: &AccessToken,
        standing: SourceStanding,
    ) -> Result<Verified, Rejected> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token.reveal())
            .append_pair("token_type_hint", "access_token")
            .finish();
        // When so many wait that a slot is late, a question would be too.
        let Ok(slot) = timeout(LONGEST, self.slots.take(standing)).await else {
            return Err(Rejected::Unavailable { retry_after: AGAIN });
        };
        let answer = self.web.post(&self.endpoint, &self.credential, form).await;
        drop(slot);
        let answer = answer.map_err(|failure| self.unanswered(&failure))?;
        let said = answer.object().map_err(|failure| self.unanswered(&failure))?;
        match said.get("active") {
            Some(Json::Bool(true)) => self.read(said),
            Some(Json::Bool(false)) => Err(invalid("its issuer says that it is not active")),
            _ => Err(self.unanswered(&answer.unfit("it has no `active`, which is true or false"))),
        }
    }

    /// What the issuer says of an active token.
    fn read(&self, said: Object<'_>) -> Result<Verified, Rejected> {
        if said.get("iss").is_some_and(|issuer| issuer.as_str() != Some(self.issuer())) {
            return Err(invalid("its issuer says that somebody else has issued it"));
        }
        // RFC 7662 section 2.1: an issuer may look among its other tokens, too.
        if said.get("token_type").is_some_and(|kind| !is_bearer(kind)) {
            return Err(invalid("its issuer says that it is no bearer token (`token_type`)"));
        }
        let mut verified = self.rules.check(said, self.clock.wall())?;
        verified.cache_for = Some(self.cache);
        Ok(verified)
    }

    fn unanswered(&self, failure: &Failure) -> Rejected {
        if let Some(unsaid) = self.said.due(self.clock.now()) {
            let (issuer, error) = (self.issuer(), causes(failure));
            tracing::warn!(issuer, error, unsaid, "an issuer doesn't say whether a token is good");
        }
        Rejected::Unavailable { retry_after: AGAIN }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn rl_7_sources_that_fail_leave_places_for_those_that_do_not() {
        let slots = Slots::default();
        let take = |standing| slots.take(standing).now_or_never();
        let mut failing: Vec<_> =
            (0..AT_ONCE_OF_FAILING).map_while(|_| take(SourceStanding::Failing)).collect();
        assert_eq!(failing.len(), AT_ONCE_OF_FAILING);
        assert!(take(SourceStanding::Failing).is_none(), "the next one waits");
        let good: Vec<_> = (0..AT_ONCE).map_while(|_| take(SourceStanding::Good)).collect();
        assert_eq!(good.len(), AT_ONCE - AT_ONCE_OF_FAILING, "they have the rest");
        failing.pop();
        assert!(take(SourceStanding::Good).is_some(), "a place that is free is anybody's");
    }
}
