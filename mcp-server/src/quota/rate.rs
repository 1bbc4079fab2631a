//! How often something may happen: the generic cell rate algorithm, for each caller apart.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{SITE_FACTOR, ShareKey};

/// How many callers a limiter tells apart. Beyond it, those who have used least are forgotten first.
pub(crate) const MAX_RATE_KEYS: usize = 10_000;

/// Allows each caller a number of events in a time. All of them may happen at once; then one more is allowed each time
/// that an even share of the time has passed.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    events: u32,
    interval: Duration,
    /// Until when each caller has used up what they may: a time in the future by as many intervals as events count.
    used: Mutex<HashMap<ShareKey, Duration>>,
}

impl RateLimiter {
    /// `events` in `per`, of which at least one is allowed.
    pub(crate) fn new(events: u32, per: Duration) -> Self {
        let events = events.max(1);
        Self { events, interval: (per / events).max(Duration::from_nanos(1)), used: Mutex::default() }
    }

    /// Counts one event of a caller at this time of the server's clock.
    ///
    /// # Errors
    ///
    /// How long the caller has to wait until the next one is allowed.
    pub(crate) fn take(&self, key: &ShareKey, now: Duration) -> Result<(), Duration> {
        let [own, site] = key.counted();
        let keys = [(own.unwrap_or(ShareKey::Trusted), 1), (site.unwrap_or(ShareKey::Trusted), SITE_FACTOR)];
        let keys = if matches!(keys[1].0, ShareKey::Trusted) { &keys[..1] } else { &keys[..] };
        let mut used = self.used();
        let mut wait = Duration::ZERO;
        for (key, factor) in keys {
            let until = used.get(key).copied().unwrap_or_default().max(now);
            wait = wait.max(until.saturating_sub(now).saturating_sub(self.allowance(*factor)));
        }
        if !wait.is_zero() {
            return Err(wait);
        }
        for (key, factor) in keys {
            if used.len() >= MAX_RATE_KEYS && !used.contains_key(key) {
                forget(&mut used, now);
            }
            let until = used.entry(key.clone()).or_insert(now);
            *until = (*until).max(now) + self.interval / u32::try_from(*factor).unwrap_or(u32::MAX);
        }
        Ok(())
    }

    /// How far in the future the time of a caller may be who is allowed one more event.
    fn allowance(&self, factor: usize) -> Duration {
        let step = self.interval / u32::try_from(factor).unwrap_or(u32::MAX);
        (self.interval * self.events).saturating_sub(step)
    }

    fn used(&self) -> MutexGuard<'_, HashMap<ShareKey, Duration>> {
        // Nothing panics under this lock.
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets callers who may do as much as anybody, and if there are none the quarter that has used least.
fn forget(used: &mut HashMap<ShareKey, Duration>, now: Duration) {
    used.retain(|_, until| *until > now);
    if used.len() < MAX_RATE_KEYS {
        return;
    }
    let mut all: Vec<Duration> = used.values().copied().collect();
    let (_, quarter, _) = all.select_nth_unstable(MAX_RATE_KEYS / 4);
    let (quarter, mut left) = (*quarter, MAX_RATE_KEYS / 4);
    used.retain(|_, until| {
        let goes = *until <= quarter && left > 0;
        left -= usize::from(goes);
        !goes
    });
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    const START: Duration = Duration::from_secs(100);

    fn person(number: usize) -> ShareKey {
        ShareKey::Principal(number.to_string().into())
    }

    fn network(text: &str) -> ShareKey {
        ShareKey::Network(text.parse::<IpAddr>().unwrap().into())
    }

    #[test]
    fn rl_1_a_burst_equals_the_number_and_an_honoured_wait_is_enough() {
        let limiter = RateLimiter::new(10, Duration::from_mins(1));
        for _ in 0..10 {
            assert_eq!(limiter.take(&person(1), START), Ok(()));
        }
        let wait = limiter.take(&person(1), START).unwrap_err();
        assert_eq!(wait, Duration::from_secs(6));
        assert_eq!(limiter.take(&person(2), START), Ok(()), "others don't wait");
        assert_eq!(limiter.take(&person(1), START + wait), Ok(()));
        assert!(limiter.take(&person(1), START + wait).is_err(), "one at a time");
        for _ in 0..10 {
            assert_eq!(limiter.take(&person(1), START + wait + Duration::from_mins(1)), Ok(()));
        }
    }

    #[test]
    fn rl_1_callers_who_cannot_be_told_apart_are_limited_together() {
        let limiter = RateLimiter::new(1, Duration::from_secs(1));
        assert_eq!(limiter.take(&ShareKey::Trusted, START), Ok(()));
        assert_eq!(limiter.take(&ShareKey::Trusted, START), Err(Duration::from_secs(1)));
    }

    #[test]
    fn rl_2_the_networks_of_a_site_have_a_limit_together() {
        let limiter = RateLimiter::new(2, Duration::from_secs(1));
        let of = |n: usize| network(&format!("2001:db8:1:{n}::1"));
        let taken = (0..100).filter(|n| limiter.take(&of(*n), START).is_ok()).count();
        assert_eq!(taken, 16);
        assert_eq!(limiter.take(&network("2001:db8:2::1"), START), Ok(()));
        assert_eq!(limiter.take(&network("192.0.2.1"), START), Ok(()));
    }

    #[test]
    fn rl_6_the_state_is_bounded_and_those_who_used_most_stay() {
        let limiter = RateLimiter::new(2, Duration::from_hours(1));
        let _ = (limiter.take(&person(0), START), limiter.take(&person(0), START));
        for number in 1..3 * MAX_RATE_KEYS {
            assert_eq!(limiter.take(&person(number), START), Ok(()));
            assert!(limiter.used().len() <= MAX_RATE_KEYS);
        }
        assert!(limiter.take(&person(0), START).is_err(), "flooding forgives nobody");
        assert_eq!(limiter.take(&person(usize::MAX), START + Duration::from_hours(2)), Ok(()));
        for number in 0..MAX_RATE_KEYS {
            let _ = limiter.take(&person(number), START + Duration::from_hours(2));
        }
        assert!(limiter.used().len() <= MAX_RATE_KEYS);
    }

    #[test]
    fn a_rate_beyond_the_clock_is_no_crash() {
        let limiter = RateLimiter::new(u32::MAX, Duration::from_secs(1));
        assert_eq!(limiter.take(&person(1), START), Ok(()));
    }
}
