//! How often something may happen: the generic cell rate algorithm, for each caller apart.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Debts, SITE_FACTOR, ShareKey};

/// Allows each caller a number of events in a time. All of them may happen at once; then one more is allowed each time
/// that an even share of the time has passed.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    events: u32,
    interval: Duration,
    debts: Mutex<Debts<ShareKey>>,
}

impl RateLimiter {
    /// `events` in `per`, of which at least one is allowed.
    pub(crate) fn new(events: u32, per: Duration) -> Self {
        let events = events.max(1);
        Self { events, interval: (per / events).max(Duration::from_nanos(1)), debts: Mutex::default() }
    }

    /// Counts one event of a caller at this time of the server's clock.
    ///
    /// # Errors
    ///
    /// How long the caller has to wait until the next one is allowed.
    pub(crate) fn take(&self, key: &ShareKey, now: Duration) -> Result<(), Duration> {
        let mut debts = self.debts();
        let shares = || key.shares().zip([1, SITE_FACTOR]);
        let waits = shares().map(|(key, factor)| {
            let allowed = (self.interval * self.events).saturating_sub(self.interval / factor);
            debts.of(&key, now).saturating_sub(allowed)
        });
        match waits.max() {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => {
                shares().for_each(|(key, factor)| debts.add(key, self.interval / factor, now));
                Ok(())
            }
        }
    }

    fn debts(&self) -> MutexGuard<'_, Debts<ShareKey>> {
        // Nothing panics under this lock.
        self.debts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{super::MAX_DEBTORS, *};

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
        for number in 1..3 * MAX_DEBTORS {
            assert_eq!(limiter.take(&person(number), START), Ok(()));
            assert!(limiter.debts().len() <= MAX_DEBTORS);
        }
        assert!(limiter.take(&person(0), START).is_err(), "flooding forgives nobody");
        assert_eq!(limiter.take(&person(usize::MAX), START + Duration::from_hours(2)), Ok(()));
        for number in 0..MAX_DEBTORS {
            let _ = limiter.take(&person(number), START + Duration::from_hours(2));
        }
        assert!(limiter.debts().len() <= MAX_DEBTORS);
    }

    #[test]
    fn a_rate_beyond_the_clock_is_no_crash() {
        let limiter = RateLimiter::new(u32::MAX, Duration::from_secs(1));
        assert_eq!(limiter.take(&person(1), START), Ok(()));
    }
}
