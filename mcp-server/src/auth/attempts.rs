//! Tokens that are no good, counted by where they come from.
//!
//! There are two limits. Beyond the first, a token is still looked at: a good one passes, so that whoever shares an
//! address with a stranger who tries tokens out goes on; a bad one is told to wait. Beyond the second, nothing of that
//! source is looked at any more: looking costs, too.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::quota::Network;

/// How many may fail in a row until they are told to wait.
const BURST: u32 = 100;

/// How many may fail in a row until nothing is looked at.
const MOST: u32 = 200;

/// After which time another one may fail.
const INTERVAL: Duration = Duration::from_millis(100);

/// How many sources are told apart.
const MOST_SOURCES: usize = 10_000;

/// Those whose tokens were no good: the generic cell rate algorithm. A token that is being looked at counts until it was
/// found good, so that many at once are no more than many in a row.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    /// Until when each has used up what it may.
    used: Mutex<HashMap<Network, Duration>>,
}

impl Attempts {
    /// A token of this source is to be looked at. Gives how long the source has to wait if the token is no good, when it
    /// has to.
    ///
    /// # Errors
    ///
    /// How long it has to wait until any is looked at.
    pub(super) fn begin(&self, source: Network, now: Duration) -> Result<Option<Duration>, Duration> {
        let mut used = self.used();
        if used.len() >= MOST_SOURCES && !used.contains_key(&source) {
            make_room(&mut used, now);
        }
        let until = used.entry(source).or_insert(now);
        *until = (*until).max(now);
        let debt = until.saturating_sub(now);
        if let Some(wait) = beyond(debt, MOST) {
            return Err(wait);
        }
        *until += INTERVAL;
        Ok(beyond(debt, BURST))
    }

    /// What was looked at was good, or couldn't be told from what is.
    pub(super) fn forgive(&self, source: Network) {
        if let Some(until) = self.used().get_mut(&source) {
            *until = until.saturating_sub(INTERVAL);
        }
    }

    fn used(&self) -> MutexGuard<'_, HashMap<Network, Duration>> {
        // Nothing panics under this lock.
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long it takes until less than so many count.
fn beyond(debt: Duration, count: u32) -> Option<Duration> {
    debt.checked_sub(INTERVAL * (count - 1)).filter(|wait| !wait.is_zero())
}

/// Forgets those that may fail as often as anybody, and if there are none the quarter that has failed least.
fn make_room(used: &mut HashMap<Network, Duration>, now: Duration) {
    used.retain(|_, until| *until > now);
    if used.len() >= MOST_SOURCES {
        let mut all: Vec<Duration> = used.values().copied().collect();
        let (_, quarter, _) = all.select_nth_unstable(MOST_SOURCES / 4);
        let quarter = *quarter;
        let mut gone = 0;
        used.retain(|_, until| {
            let goes = *until <= quarter && gone < MOST_SOURCES / 4;
            gone += usize::from(goes);
            !goes
        });
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    const START: Duration = Duration::from_secs(100);

    fn source(number: u32) -> Network {
        IpAddr::from(Ipv4Addr::from(number)).into()
    }

    #[test]
    fn rl_7_bad_ones_are_told_to_wait_and_good_ones_are_looked_at_for_longer() {
        let attempts = Attempts::default();
        for _ in 0..BURST {
            assert_eq!(attempts.begin(source(1), START), Ok(None));
        }
        for count in 1..=MOST - BURST {
            assert_eq!(attempts.begin(source(1), START), Ok(Some(INTERVAL * count)));
        }
        assert_eq!(attempts.begin(source(1), START), Err(INTERVAL));
        assert_eq!(attempts.begin(source(1), START), Err(INTERVAL), "who isn't looked at owes no more");
        assert_eq!(attempts.begin(source(2), START), Ok(None), "others don't wait");
        assert!(attempts.begin(source(1), START + INTERVAL).is_ok(), "an honoured wait is enough");
        let later = START + INTERVAL * (MOST - BURST + 2);
        assert_eq!(attempts.begin(source(1), later), Ok(None));
    }

    #[test]
    fn rl_7_good_ones_do_not_count() {
        let attempts = Attempts::default();
        for _ in 0..10 * MOST {
            assert_eq!(attempts.begin(source(1), START), Ok(None));
            attempts.forgive(source(1));
        }
    }

    #[test]
    fn rl_6_what_is_kept_has_an_end_and_the_worst_stay() {
        let attempts = Attempts::default();
        for _ in 0..MOST {
            let _ = attempts.begin(source(0), START);
        }
        for number in 1..50_000 {
            let _ = attempts.begin(source(number), START);
            assert!(attempts.used().len() <= MOST_SOURCES);
        }
        assert!(attempts.begin(source(0), START).is_err());
        for number in 0..10 {
            let _ = attempts.begin(source(70_000 + number), START + INTERVAL * 2 * MOST);
        }
        assert!(attempts.used().len() < MOST_SOURCES);
    }
}
