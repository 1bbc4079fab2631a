//! An issuer's keys over time: when they are fetched, how long they are believed, and who waits for whom.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::watch;

use super::{
    algorithm::Algorithm,
    discovery,
    fetch::{Failure, Web, causes},
    jwks::{Jwks, Key, Pick},
    verifier::{Rejected, invalid},
};
use crate::clock::Clock;

/// How long keys are believed when their publisher doesn't say, and the least and most that it may say.
const FRESH: Duration = Duration::from_mins(10);
const LEAST_FRESH: Duration = Duration::from_mins(1);
const MOST_FRESH: Duration = Duration::from_hours(24);

/// How much longer they are when their publisher doesn't answer.
const STALE: Duration = Duration::from_hours(1);

/// How long nobody is asked again who has just failed to answer.
const COOL_DOWN: Duration = Duration::from_secs(10);

/// How long nobody is asked about another unknown key.
const BETWEEN_UNKNOWN: Duration = Duration::from_secs(30);

/// Where an issuer's keys come from.
pub(super) struct Publisher {
    pub(super) issuer: String,
    /// Without one it is in the issuer's metadata.
    pub(super) jwks_uri: Option<String>,
    pub(super) web: Web,
}

impl Publisher {
    /// The keys, and how long they are to be believed.
    async fn fetch(&self) -> Result<(Jwks, Duration), Failure> {
        let found = match &self.jwks_uri {
            Some(url) => url.clone(),
            None => discovery::jwks_uri(&self.web, &self.issuer).await?,
        };
        let document = self.web.get(&found).await?;
        let fresh = document.max_age().map_or(FRESH, |age| age.clamp(LEAST_FRESH, MOST_FRESH));
        Ok((Jwks::read(&document)?, fresh))
    }
}

/// An issuer's keys.
pub(super) struct Keys {
    publisher: Publisher,
    clock: Clock,
    state: Mutex<State>,
}

/// All times are the clock's `now`.
#[derive(Default)]
struct State {
    held: Option<Held>,
    /// Its sender is dropped when the fetch under way has ended, whatever came of it.
    flight: Option<watch::Receiver<()>>,
    /// When the last fetch began or failed, unless it has succeeded.
    failed: Option<Duration>,
    /// Whether the last fetch that has ended has failed.
    is_ailing: bool,
    /// When keys were last fetched because one was unknown.
    unknown: Option<Duration>,
}

struct Held {
    keys: Arc<Jwks>,
    fresh_until: Duration,
}

impl State {
    /// The keys, if their publisher may take that long to answer.
    fn held(&self, now: Duration, grace: Duration) -> Option<Arc<Jwks>> {
        let held = self.held.as_ref().filter(|held| now < held.fresh_until + grace)?;
        Some(Arc::clone(&held.keys))
    }

    fn flight(&self) -> Option<watch::Receiver<()>> {
        self.flight.clone().filter(|flight| flight.has_changed().is_ok())
    }

    /// For how long nobody is to be asked.
    fn cooling(&self, now: Duration) -> Option<Duration> {
        (self.failed? + COOL_DOWN).checked_sub(now).filter(|left| !left.is_zero())
    }
}

impl Keys {
    pub(super) fn new(publisher: Publisher, clock: Clock) -> Arc<Self> {
        Arc::new(Self { publisher, clock, state: Mutex::default() })
    }

    /// The key that a token with this header is signed by, if the issuer has it.
    pub(super) async fn find(
        self: &Arc<Self>,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Arc<Key>, Rejected> {
        let keys = self.current().await?;
        let picked = match keys.pick(id, algorithm) {
            Pick::Unknown => self.newer(&keys).await?.map_or(Pick::Unknown, |keys| keys.pick(id, algorithm)),
            picked => picked,
        };
        match picked {
            Pick::Key(key) => Ok(key),
            Pick::Unknown => Err(invalid("its issuer has no key of its `kid`")),
            Pick::Unfit(reason) => Err(invalid(reason)),
        }
    }

    /// The keys there are, fetched when they aren't fresh. Old ones are good for a while, when there are no others.
    pub(super) async fn current(self: &Arc<Self>) -> Result<Arc<Jwks>, Rejected> {
        let flight = {
            let mut state = self.state();
            let now = self.clock.now();
            if let Some(keys) = state.held(now, Duration::ZERO) {
                return Ok(keys);
            }
            let flight = match state.flight() {
                None if state.cooling(now).is_some() => None,
                flight => Some(flight.unwrap_or_else(|| self.take_off(&mut state, now))),
            };
            // Whose publisher has just failed doesn't wait for it again, as long as there are old ones.
            flight.filter(|_| !state.is_ailing || state.held(now, STALE).is_none())
        };
        landed(flight).await;
        let (state, now) = (self.state(), self.clock.now());
        state.held(now, STALE).ok_or_else(|| unavailable(&state, now))
    }

    /// Newer keys than those, because one is unknown; `None` if there were just none.
    async fn newer(self: &Arc<Self>, seen: &Arc<Jwks>) -> Result<Option<Arc<Jwks>>, Rejected> {
        let flight = {
            let mut state = self.state();
            let now = self.clock.now();
            if let Some(newer) = newer(&state, seen) {
                return Ok(Some(newer));
            }
            match state.flight() {
                Some(flight) => flight,
                None if state.cooling(now).is_some() => return Err(unavailable(&state, now)),
                None if state.unknown.is_some_and(|last| now < last + BETWEEN_UNKNOWN) => return Ok(None),
                None => {
                    state.unknown = Some(now);
                    self.take_off(&mut state, now)
                }
            }
        };
        landed(Some(flight)).await;
        let (state, now) = (self.state(), self.clock.now());
        newer(&state, seen).map(Some).ok_or_else(|| unavailable(&state, now))
    }

    /// Begins to fetch. It goes on when whoever began it leaves.
    fn take_off(self: &Arc<Self>, state: &mut State, now: Duration) -> watch::Receiver<()> {
        let (landing, flight) = watch::channel(());
        // It has failed until it has succeeded: also when it panics, or its runtime ends.
        state.failed = Some(now);
        state.flight = Some(flight.clone());
        let this = Arc::clone(self);
        tokio::spawn(async move {
            let fetched = this.publisher.fetch().await;
            this.land(fetched);
            drop(landing);
        });
        flight
    }

    fn land(&self, fetched: Result<(Jwks, Duration), Failure>) {
        let (mut state, now) = (self.state(), self.clock.now());
        match fetched {
            Ok((mut keys, fresh)) => {
                if let Some(older) = &state.held {
                    keys.succeed(&older.keys);
                }
                state.held = Some(Held { keys: Arc::new(keys), fresh_until: now + fresh });
                state.failed = None;
                state.is_ailing = false;
            }
            Err(failure) => {
                state.failed = Some(now);
                state.is_ailing = true;
                drop(state);
                let (issuer, error) = (&*self.publisher.issuer, causes(&failure));
                tracing::warn!(issuer, error, "an issuer's keys can't be fetched");
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until a fetch has ended. What came of it is in the state.
async fn landed(flight: Option<watch::Receiver<()>>) {
    if let Some(mut flight) = flight {
        while flight.changed().await.is_ok() {}
    }
}

fn newer(state: &State, seen: &Arc<Jwks>) -> Option<Arc<Jwks>> {
    let held = state.held.as_ref().filter(|held| !Arc::ptr_eq(&held.keys, seen))?;
    Some(Arc::clone(&held.keys))
}

fn unavailable(state: &State, now: Duration) -> Rejected {
    let left = state.cooling(now).unwrap_or_default();
    Rejected::Unavailable { retry_after: left.max(Duration::from_secs(1)) }
}
