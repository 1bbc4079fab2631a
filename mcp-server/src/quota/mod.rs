//! Shares of what is bounded: a total, and for each caller a part of it that is smaller than the total.
//!
//! Takes a [`ShareKey`] and an amount, gives a [`Permit`] that returns the amount when it is dropped. Knows nothing of
//! what is counted: calls, bytes, sessions, connections.

mod debts;
mod network;
mod ranking;
mod rate;
mod sized;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub(crate) use debts::Debts;
#[cfg(test)]
pub(crate) use debts::MAX_DEBTORS;
pub(crate) use network::Network;
pub(crate) use ranking::Ranking;
pub(crate) use rate::RateLimiter;
pub(crate) use sized::{Amount, SizedPermit, SizedQuota};

/// How many times the share of one IPv6 network of 64 bits all the networks of one site (48 bits) have together.
pub(crate) const SITE_FACTOR: u32 = 8;

/// Whose share something counts to.
///
/// A person is named by issuer and subject, whichever of their clients is used: clients register themselves, so a share
/// by client would be as many shares as one likes. A client that acts for itself is named by issuer and client.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ShareKey {
    /// The server has no authentication, or the client is the program that started it: the total is the only limit.
    Trusted,
    /// A caller with a token.
    Principal(Arc<str>),
    /// A caller without a token.
    Network(Network),
}

impl ShareKey {
    /// The shares that something of this share is a part of: its own, and that of its site.
    pub(crate) fn shares(&self) -> impl Iterator<Item = Self> + use<> {
        let [own, site] = self.counted();
        [own.unwrap_or(Self::Trusted)].into_iter().chain(site)
    }

    /// The keys that are counted: none where the total is the only limit, and for an IPv6 network its site too.
    fn counted(&self) -> [Option<Self>; 2] {
        match self {
            Self::Trusted => [None, None],
            Self::Principal(_) => [Some(self.clone()), None],
            Self::Network(network) => [Some(self.clone()), network.site().map(Self::Network)],
        }
    }
}

/// A bounded amount. Cheap to clone: clones count the same amount.
#[derive(Debug, Clone)]
pub(crate) struct Quota(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    total: usize,
    each: usize,
    usage: Mutex<Usage>,
}

#[derive(Debug, Default)]
struct Usage {
    total: usize,
    by: HashMap<ShareKey, usize>,
}

impl Usage {
    fn add(&mut self, key: &ShareKey, amount: usize, [most, each, site]: [usize; 3]) -> Result<(), Exceeded> {
        let total = self.total.checked_add(amount).filter(|total| *total <= most);
        let keys = key.counted();
        for (key, limit) in keys.iter().zip([each, site]) {
            let held = key.as_ref().and_then(|key| self.by.get(key)).copied().unwrap_or_default();
            if key.is_some() && held.checked_add(amount).is_none_or(|held| held > limit) {
                return Err(Exceeded::Share);
            }
        }
        self.total = total.ok_or(Exceeded::Total)?;
        for key in keys.into_iter().flatten().filter(|_| amount > 0) {
            *self.by.entry(key).or_default() += amount;
        }
        Ok(())
    }

    fn subtract(&mut self, key: &ShareKey, amount: usize) {
        self.total -= amount;
        for key in key.counted().iter().flatten() {
            if let Some(held) = self.by.get_mut(key) {
                *held -= amount;
                if *held == 0 {
                    self.by.remove(key);
                }
            }
        }
    }
}

/// Why nothing more is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Exceeded {
    /// The caller holds their share.
    #[error("you hold as many as one caller may")]
    Share,
    /// All callers together hold the total.
    #[error("all callers together hold as many as there may be")]
    Total,
}

impl Quota {
    /// `total` for all callers together, `each` of it for one of them.
    pub(crate) fn new(total: usize, each: usize) -> Self {
        Self(Arc::new(Inner { total, each: each.min(total), usage: Mutex::default() }))
    }

    /// Takes an amount.
    pub(crate) fn take(&self, key: &ShareKey, amount: usize) -> Result<Permit, Exceeded> {
        self.add(key, amount)?;
        Ok(Permit { quota: self.clone(), key: key.clone(), amount })
    }

    /// How much a caller holds.
    pub(crate) fn held_by(&self, key: &ShareKey) -> usize {
        self.usage().by.get(key).copied().unwrap_or_default()
    }

    /// How much all callers hold together.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.usage().total
    }

    /// How much one caller may hold: the total, where callers can't be told apart.
    pub(crate) fn share_of(&self, key: &ShareKey) -> usize {
        if *key == ShareKey::Trusted { self.0.total } else { self.0.each }
    }

    fn add(&self, key: &ShareKey, amount: usize) -> Result<(), Exceeded> {
        self.usage().add(key, amount, [self.0.total, self.0.each, self.site_share()])
    }

    fn subtract(&self, key: &ShareKey, amount: usize) {
        self.usage().subtract(key, amount);
    }

    /// How much the networks of one IPv6 site may hold together.
    fn site_share(&self) -> usize {
        self.0.each.saturating_mul(SITE_FACTOR as usize).min(self.0.total.div_ceil(2)).max(self.0.each)
    }

    fn usage(&self) -> MutexGuard<'_, Usage> {
        // Nothing panics under this lock.
        self.0.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An amount that a caller holds, until this is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    quota: Quota,
    key: ShareKey,
    amount: usize,
}

impl Permit {
    /// Takes more.
    pub(crate) fn grow(&mut self, amount: usize) -> Result<(), Exceeded> {
        self.quota.add(&self.key, amount)?;
        self.amount += amount;
        Ok(())
    }

    /// Gives some of it back.
    pub(crate) fn shrink(&mut self, amount: usize) {
        let amount = amount.min(self.amount);
        self.quota.subtract(&self.key, amount);
        self.amount -= amount;
    }

    /// Counts it to another caller's share from now on, or to the same as before when that share is exceeded.
    pub(crate) fn pass_to(&mut self, key: &ShareKey) -> Result<(), Exceeded> {
        let limits = [self.quota.0.total, self.quota.0.each, self.quota.site_share()];
        let mut usage = self.quota.usage();
        usage.subtract(&self.key, self.amount);
        let passed = usage.add(key, self.amount, limits);
        match passed {
            Ok(()) => self.key = key.clone(),
            // It was there before, so it is within every limit.
            Err(_) => _ = usage.add(&self.key, self.amount, limits),
        }
        passed
    }

    /// How much it is.
    pub(crate) fn amount(&self) -> usize {
        self.amount
    }

    /// Whose share it counts to.
    pub(crate) fn key(&self) -> &ShareKey {
        &self.key
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.quota.subtract(&self.key, self.amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> ShareKey {
        ShareKey::Principal(name.into())
    }

    fn network(address: &str) -> ShareKey {
        ShareKey::Network(address.parse::<std::net::IpAddr>().unwrap().into())
    }

    #[test]
    fn a_caller_has_a_share_and_all_callers_the_total() {
        let quota = Quota::new(3, 2);
        let (a, b) = (person("a"), person("b"));
        let first = quota.take(&a, 1).unwrap();
        let _second = quota.take(&a, 1).unwrap();
        assert_eq!(quota.take(&a, 1).unwrap_err(), Exceeded::Share);
        let _third = quota.take(&b, 1).unwrap();
        assert_eq!(quota.take(&b, 1).unwrap_err(), Exceeded::Total);
        drop(first);
        assert!(quota.take(&a, 1).is_ok());
    }

    #[test]
    fn a_permit_grows_and_shrinks_and_returns_everything() {
        let quota = Quota::new(10, 6);
        let mut permit = quota.take(&person("a"), 2).unwrap();
        permit.grow(4).unwrap();
        assert_eq!(permit.grow(1), Err(Exceeded::Share));
        assert_eq!((permit.amount(), quota.held(), quota.held_by(&person("a"))), (6, 6, 6));
        permit.shrink(5);
        assert_eq!(quota.held(), 1);
        assert_eq!(permit.grow(usize::MAX), Err(Exceeded::Share), "no overflow");
        drop(permit);
        assert_eq!(quota.held(), 0);
        assert!(quota.usage().by.is_empty(), "who holds nothing isn't remembered");
    }

    #[test]
    fn a_permit_passes_to_another_share_or_stays_where_it_was() {
        let quota = Quota::new(2, 1);
        let (stranger, known) = (network("192.0.2.1"), person("a"));
        let mut first = quota.take(&stranger, 1).unwrap();
        first.pass_to(&known).unwrap();
        assert_eq!((quota.held_by(&stranger), quota.held_by(&known), quota.held()), (0, 1, 1));
        let mut second = quota.take(&stranger, 1).unwrap();
        assert_eq!(second.pass_to(&known), Err(Exceeded::Share));
        assert_eq!((quota.held_by(&stranger), quota.held_by(&known), quota.held()), (1, 1, 2));
        drop((first, second));
        assert!(quota.held() == 0 && quota.usage().by.is_empty());
    }

    #[test]
    fn trusted_callers_have_the_total_and_no_more() {
        let quota = Quota::new(4, 1);
        let _all = quota.take(&ShareKey::Trusted, 4).unwrap();
        assert_eq!(quota.take(&ShareKey::Trusted, 1).unwrap_err(), Exceeded::Total);
        assert_eq!(quota.take(&person("a"), 1).unwrap_err(), Exceeded::Total);
    }

    #[test]
    fn rl_2_networks_count_by_64_bits_and_their_sites_by_48() {
        let quota = Quota::new(1_000, 2);
        let taken: Vec<_> =
            (0..8).map(|n| quota.take(&network(&format!("2001:db8:1:{n}::1")), 2).unwrap()).collect();
        assert_eq!(quota.take(&network("2001:db8:1:7::2"), 1).unwrap_err(), Exceeded::Share, "its network");
        assert_eq!(quota.take(&network("2001:db8:1:99::1"), 1).unwrap_err(), Exceeded::Share, "its site");
        assert!(quota.take(&network("2001:db8:2:1::1"), 1).is_ok(), "another site");
        assert!(quota.take(&network("192.0.2.1"), 2).is_ok());
        drop(taken);
        assert!(quota.usage().by.is_empty());
    }
}
