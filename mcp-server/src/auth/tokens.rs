//! Who decides about which token.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::join_all};

use super::{
    attempts::SourceStanding,
    introspection::Asker,
    jwks::Key,
    jwt::{Checker, Parts},
    verifier::{AccessToken, Rejected, Verified, Verifier, invalid},
};
use crate::{clock::Clock, telemetry};

/// How many answers are kept, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CacheLimits {
    pub(crate) entries: usize,
    pub(crate) time: Duration,
}

impl Default for CacheLimits {
    fn default() -> Self {
        Self { entries: 10_000, time: Duration::from_mins(5) }
    }
}

/// Who decides about tokens.
pub(super) enum Source {
    Keys(Checker),
    Asked(Asker),
    Own(Own),
}

/// A verifier of the program's own.
pub(super) struct Own {
    pub(super) issuers: Vec<String>,
    pub(super) verifier: Arc<dyn Verifier>,
}

impl Source {
    pub(super) fn issuers(&self) -> &[String] {
        match self {
            Self::Keys(checker) => std::slice::from_ref(&checker.rules.issuer),
            Self::Asked(asker) => std::slice::from_ref(asker.issuer()),
            Self::Own(own) => &own.issuers,
        }
    }
}

/// Says of each token whether it is good: it goes to whoever it names, and to nobody else.
pub(crate) struct Tokens {
    sources: Vec<Source>,
    issuers: Vec<String>,
    cache: CacheLimits,
    clock: Clock,
}

impl Tokens {
    pub(super) fn new(sources: Vec<Source>, cache: CacheLimits, clock: Clock) -> Self {
        let issuers = sources.iter().flat_map(|source| source.issuers().to_vec()).collect();
        Self { sources, issuers, cache, clock }
    }

    /// The authorization servers, as they write themselves, in the order in which the program names them.
    pub(crate) fn issuers(&self) -> &[String] {
        &self.issuers
    }

    /// How much of what is found out may be kept, and how long.
    pub(crate) fn cache_limits(&self) -> CacheLimits {
        self.cache
    }

    /// Decides about a token of a source of this standing, and gives the key that has signed it, if one has. Its reasons
    /// are for the log, and hold no part of it.
    pub(super) async fn verify(
        &self,
        token: &AccessToken,
        standing: SourceStanding,
    ) -> Result<(Verified, Option<Arc<Key>>), Rejected> {
        let Some(parts) = Parts::of(token.reveal()) else {
            return self.verify_opaque(token, standing).await.map(|verified| (verified, None));
        };
        let jwt = parts.read()?;
        let issuer = jwt.issuer()?;
        let named = self.sources.iter().find(|source| source.issuers().iter().any(|known| known == issuer));
        match named {
            Some(Source::Keys(checker)) => {
                let (verified, key) = checker.check(jwt, || self.clock.wall()).await?;
                Ok((verified, Some(key)))
            }
            Some(Source::Asked(asker)) => Ok((asker.check(token, standing).await?, None)),
            Some(Source::Own(own)) => Ok((self.ask_own(own, token).await?, None)),
            None => Err(invalid("its issuer is none of those that this server trusts")),
        }
    }

    /// Decides about a token that names nobody: the program's own verifiers in their order, then the one issuer that
    /// can be asked. With several nobody is: a token would be shown to an issuer that it isn't from.
    async fn verify_opaque(
        &self,
        token: &AccessToken,
        standing: SourceStanding,
    ) -> Result<Verified, Rejected> {
        let mut refused = invalid("it is not a JWT, and nobody knows other tokens");
        for source in &self.sources {
            let Source::Own(own) = source else { continue };
            match self.ask_own(own, token).await {
                Err(error) => refused = graver(refused, error),
                verified => return verified,
            }
        }
        let mut askers = self.askers();
        match (askers.next(), askers.next()) {
            (None, _) => Err(refused),
            (Some(asker), None) => asker.check(token, standing).await.map_err(|error| graver(refused, error)),
            (Some(_), Some(_)) => {
                let several = invalid("it names no issuer, and there are several that could be asked");
                Err(graver(refused, several))
            }
        }
    }

    fn askers(&self) -> impl Iterator<Item = &Asker> {
        self.sources.iter().filter_map(|source| match source {
            Source::Asked(asker) => Some(asker),
            Source::Keys(_) | Source::Own(_) => None,
        })
    }

    /// Asks a verifier of the program's own, and holds it to what no token may say.
    async fn ask_own(&self, own: &Own, token: &AccessToken) -> Result<Verified, Rejected> {
        let verified = AssertUnwindSafe(own.verifier.verify(token)).catch_unwind().await;
        let verified = verified.unwrap_or_else(|payload| {
            telemetry::panicked("a verifier of tokens", &*payload);
            Err(Rejected::Unavailable { retry_after: Duration::from_secs(1) })
        })?;
        match verified {
            Verified { issuer, .. } if !own.issuers.contains(&issuer) => {
                Err(invalid("its verifier speaks for an issuer that `Verifier::issuers` doesn't name"))
            }
            Verified { subject: Some(name), .. } | Verified { client: Some(name), .. } if name.is_empty() => {
                Err(invalid("its verifier gives it an empty subject or client"))
            }
            Verified { expires, .. } if expires <= self.clock.wall() => Err(invalid("it has expired")),
            Verified { subject: None, client: None, .. } => {
                Err(invalid("it names neither a user nor a client"))
            }
            // As of every other issuer's tokens: a client that acts for itself is no person.
            Verified { ref subject, ref client, .. } if subject == client => {
                Ok(Verified { subject: None, ..verified })
            }
            verified => Ok(verified),
        }
    }

    /// Fetches what there is to fetch, so that the first call doesn't wait for it, and says what there is.
    pub(crate) async fn warm_up(&self) {
        join_all(self.sources.iter().map(Source::warm_up)).await;
        if self.askers().count() > 1 {
            let text = "several issuers are asked about their tokens; one that names no issuer is refused, because it \
                        would be shown to an issuer that it isn't from";
            tracing::warn!("{text}");
        }
    }
}

/// What comes of two that have refused: one that couldn't tell isn't overruled by one that says no.
fn graver(first: Rejected, second: Rejected) -> Rejected {
    if matches!(first, Rejected::Unavailable { .. }) { first } else { second }
}

impl Source {
    async fn warm_up(&self) {
        let Self::Keys(checker) = self else {
            for issuer in self.issuers() {
                tracing::info!(issuer, "tokens of this issuer are taken");
            }
            return;
        };
        let issuer = &*checker.rules.issuer;
        match checker.keys.current().await {
            Ok(keys) if keys.len() > 0 => {
                tracing::info!(issuer, keys = keys.len(), "tokens of this issuer are taken");
            }
            Ok(_) => {
                let text = "this issuer publishes no key that can be used, so its tokens are refused; look into its key \
                            set: RSA of 2048 bits, P-256, P-384 or Ed25519, for signing";
                tracing::warn!(issuer, "{text}");
            }
            Err(_) => {
                let text = "this issuer's keys are not there, so its tokens can't be checked until they are; is its URL \
                            right, to the last slash, and is it reached from here?";
                tracing::warn!(issuer, "{text}");
            }
        }
    }
}
