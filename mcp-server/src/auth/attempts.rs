//! Tokens that are no good, counted by where they come from: by network, and by the site around it.
//!
//! There are two limits. Beyond the first, a token is still looked at: a good one passes, so that whoever shares an
//! address with a stranger who tries tokens out goes on; a bad one is told to wait. Beyond the second, nothing of that
//! source is looked at any more: looking costs, too. Tokens that nobody could check, because their issuer is down, count
//! by themselves: many of them are told to wait, and none of them makes a token bad.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::quota::{Debts, Network, SITE_FACTOR};

/// How many may fail in a row until they are told to wait.
const BURST: u32 = 100;

/// How many may fail in a row until nothing is looked at; and how many may come that can't be checked.
const MOST: u32 = 200;

/// After which time another one may fail.
const INTERVAL: Duration = Duration::from_millis(100);

/// Those whose tokens were no good. A token that is being looked at counts until it was found good, so that many at once
/// are no more than many in a row.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    bad: Failed,
    /// Neither good nor bad: their issuer was down.
    unchecked: Failed,
}

/// How a source has done lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SourceStanding {
    /// None of its tokens was refused.
    Good,
    /// Some were, or are being looked at.
    Failing,
}

/// What goes with a token that is to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Begun {
    /// How long the source has to wait if the token is no good, when it has to.
    pub(super) wait: Option<Duration>,
    pub(super) standing: SourceStanding,
}

impl Attempts {
    /// A token of this source is to be looked at.
    ///
    /// # Errors
    ///
    /// How long it has to wait until any is looked at.
    pub(super) fn begin(&self, source: Network, now: Duration) -> Result<Begun, Duration> {
        let mut counts = self.counts();
        let Counts { bad, unchecked } = &mut *counts;
        let most = |failed: &Failed| failed.wait(source, now, MOST);
        if let Some(wait) = most(bad).max(most(unchecked)) {
            return Err(wait);
        }
        let clean = !bad.has(source, now) && !unchecked.has(source, now);
        let wait = bad.wait(source, now, BURST);
        bad.add(source, now);
        Ok(Begun { wait, standing: if clean { SourceStanding::Good } else { SourceStanding::Failing } })
    }

    /// What was looked at was good.
    pub(super) fn forgive(&self, source: Network) {
        self.counts().bad.subtract(source);
    }

    /// What was looked at may be good: nobody can tell now.
    pub(super) fn postpone(&self, source: Network, now: Duration) {
        let mut counts = self.counts();
        counts.bad.subtract(source);
        counts.unchecked.add(source, now);
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // Nothing panics under this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How often each source has failed, by network and by site.
#[derive(Debug, Default)]
struct Failed {
    networks: Debts<Network>,
    sites: Debts<Network>,
}

impl Failed {
    /// How long this source has to wait until less than `count` of its network count, and less than some times as many of
    /// its site.
    fn wait(&self, source: Network, now: Duration, count: u32) -> Option<Duration> {
        let network = beyond(self.networks.of(&source, now), count, INTERVAL);
        let site = source
            .site()
            .and_then(|site| beyond(self.sites.of(&site, now), count * SITE_FACTOR, INTERVAL / SITE_FACTOR));
        network.max(site)
    }

    /// Whether anything counts.
    fn has(&self, source: Network, now: Duration) -> bool {
        let site = source.site().is_some_and(|site| !self.sites.of(&site, now).is_zero());
        site || !self.networks.of(&source, now).is_zero()
    }

    fn add(&mut self, source: Network, now: Duration) {
        self.networks.add(source, INTERVAL, now);
        if let Some(site) = source.site() {
            self.sites.add(site, INTERVAL / SITE_FACTOR, now);
        }
    }

    fn subtract(&mut self, source: Network) {
        self.networks.subtract(&source, INTERVAL);
        if let Some(site) = source.site() {
            self.sites.subtract(&site, INTERVAL / SITE_FACTOR);
        }
    }
}

/// How long it takes until less than so many count.
fn beyond(debt: Duration, count: u32, interval: Duration) -> Option<Duration> {
    debt.checked_sub(interval * (count - 1)).filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;
    use crate::quota::MAX_DEBTORS;

    const START: Duration = Duration::from_secs(100);

    fn wait(attempts: &Attempts, source: Network, now: Duration) -> Result<Option<Duration>, Duration> {
        attempts.begin(source, now).map(|begun| begun.wait)
    }

    fn within(site: u16, network: u16) -> Network {
        IpAddr::from([0x2001, 0xdb8, site, network, 0, 0, 0, 1]).into()
    }

    fn source(number: u32) -> Network {
        IpAddr::from(Ipv4Addr::from(number)).into()
    }

    #[test]
    fn rl_7_bad_ones_are_told_to_wait_and_good_ones_are_looked_at_for_longer() {
        let attempts = Attempts::default();
        for _ in 0..BURST {
            assert_eq!(wait(&attempts, source(1), START), Ok(None));
        }
        for count in 1..=MOST - BURST {
            assert_eq!(wait(&attempts, source(1), START), Ok(Some(INTERVAL * count)));
        }
        assert_eq!(wait(&attempts, source(1), START), Err(INTERVAL));
        assert_eq!(wait(&attempts, source(1), START), Err(INTERVAL), "who isn't looked at owes no more");
        assert_eq!(wait(&attempts, source(2), START), Ok(None), "others don't wait");
        assert!(attempts.begin(source(1), START + INTERVAL).is_ok(), "an honoured wait is enough");
        let later = START + INTERVAL * (MOST - BURST + 2);
        assert_eq!(wait(&attempts, source(1), later), Ok(None));
    }

    #[test]
    fn rl_7_good_ones_do_not_count() {
        let attempts = Attempts::default();
        for _ in 0..10 * MOST {
            assert_eq!(wait(&attempts, source(1), START), Ok(None));
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
            assert!(attempts.counts().bad.networks.len() <= MAX_DEBTORS);
        }
        assert!(attempts.begin(source(0), START).is_err());
        for number in 0..10 {
            let _ = attempts.begin(source(70_000 + number), START + INTERVAL * 2 * MOST);
        }
        assert!(attempts.counts().bad.networks.len() < MAX_DEBTORS);
    }

    #[test]
    fn rl_2_the_networks_of_a_site_have_a_limit_together() {
        let attempts = Attempts::default();
        let mut told = 0;
        for network in 0..2 * MOST * SITE_FACTOR {
            let begun = wait(&attempts, within(1, u16::try_from(network).unwrap()), START);
            told += u32::from(begun == Ok(None));
        }
        assert_eq!(told, BURST * SITE_FACTOR, "each network came once, and is below its own limit");
        assert!(wait(&attempts, within(1, 60_000), START).is_err(), "a network that hasn't failed");
        assert_eq!(wait(&attempts, within(2, 0), START), Ok(None), "another site");
        let later = START + INTERVAL * 2 * MOST;
        assert_eq!(wait(&attempts, within(1, 60_000), later), Ok(None));
    }

    #[test]
    fn rl_2_a_network_that_fails_leaves_its_site_room() {
        let attempts = Attempts::default();
        while wait(&attempts, within(1, 1), START).is_ok() {}
        assert_eq!(wait(&attempts, within(1, 0), START), Ok(None));
        assert_eq!(wait(&attempts, within(1, 2), START), Ok(None));
    }

    #[test]
    fn rl_7_what_cannot_be_checked_counts_and_is_not_bad() {
        let attempts = Attempts::default();
        for _ in 0..MOST {
            assert_eq!(wait(&attempts, source(1), START), Ok(None));
            attempts.postpone(source(1), START);
        }
        assert_eq!(wait(&attempts, source(1), START), Err(INTERVAL));
        assert_eq!(wait(&attempts, source(2), START), Ok(None), "others don't wait");
        assert_eq!(wait(&attempts, source(1), START + INTERVAL), Ok(None), "an honoured wait is enough");
    }

    #[test]
    fn rl_7_a_source_fails_as_long_as_its_failures_count() {
        let attempts = Attempts::default();
        let standing = |source, now| attempts.begin(source, now).unwrap().standing;
        for _ in 0..10 {
            assert_eq!(standing(source(1), START), SourceStanding::Good);
            attempts.forgive(source(1));
        }
        let _ = attempts.begin(source(1), START);
        assert_eq!(standing(source(1), START), SourceStanding::Failing);
        assert_eq!(standing(source(1), START + INTERVAL * 2), SourceStanding::Good);
        let _ = attempts.begin(within(1, 1), START);
        assert_eq!(standing(within(1, 2), START), SourceStanding::Failing, "of the same site");
        let _ = attempts.begin(source(3), START);
        attempts.postpone(source(3), START);
        assert_eq!(standing(source(3), START), SourceStanding::Failing, "nobody knows");
    }
}
