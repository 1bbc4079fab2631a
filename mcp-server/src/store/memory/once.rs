//! What runs once, in this process's memory.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    future::ready,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use tokio::sync::Notify;

use crate::{
    quota::{Amount, ShareKey, SizedPermit, SizedQuota},
    store::{Claim, Key, Once, Pending, RESERVED, TooLarge},
};

/// How many claims may live, and how large.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnceLimits {
    /// Of one caller.
    pub(crate) each: Amount,
    /// Of all callers together.
    pub(crate) total: Amount,
}

impl Default for OnceLimits {
    fn default() -> Self {
        let total = Amount { entries: 50_000, bytes: 128 * 1024 * 1024 };
        Self { each: total.divided(8), total }
    }
}

/// What runs once in this process.
pub(crate) struct MemoryOnce {
    held: Mutex<Held>,
    quota: SizedQuota,
    limits: OnceLimits,
    /// Random: another process has other records.
    id: String,
}

impl MemoryOnce {
    pub(crate) fn new(limits: OnceLimits) -> Self {
        let mut id = [0; 16];
        // Without randomness nothing begins that could be claimed.
        let _ = getrandom::fill(&mut id);
        let quota = SizedQuota::new(limits.total, limits.each);
        Self { held: Mutex::default(), quota, limits, id: URL_SAFE_NO_PAD.encode(id) }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // Nothing panics under this lock.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryOnce {
    fn default() -> Self {
        Self::new(OnceLimits::default())
    }
}

impl Once for MemoryOnce {
    fn id(&self) -> &str {
        &self.id
    }

    fn claim(&self, key: Key, share: &ShareKey, now: Duration, ttl: Duration) -> Pending<Claim> {
        let mut held = self.held();
        held.forget_expired(now);
        Box::pin(ready(held.claim(key, now.saturating_add(ttl), (&self.quota, share))))
    }

    fn settle(&self, key: Key, value: Arc<str>) -> Pending<Result<(), TooLarge>> {
        Box::pin(ready(self.held().settle(key, value)))
    }

    fn release(&self, key: Key) -> Pending<()> {
        let mut held = self.held();
        if held.bell(key).is_some() {
            held.forget(key);
        }
        Box::pin(ready(()))
    }

    fn settled(&self, key: Key) -> Pending<()> {
        // Who is made under the lock hears of everything that happens after it.
        match self.held().bell(key) {
            Some(bell) => Box::pin(Arc::clone(bell).notified_owned()),
            None => Box::pin(ready(())),
        }
    }
}

impl fmt::Debug for MemoryOnce {
    /// Without the values, which belong to whoever claimed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryOnce").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// The claims that live.
#[derive(Default)]
struct Held {
    claims: HashMap<Key, Claimed>,
    /// The next to expire first.
    expiries: BTreeSet<(Duration, Key)>,
}

struct Claimed {
    expiry: Duration,
    permit: SizedPermit,
    standing: Standing,
}

enum Standing {
    /// The bell wakes those who wait.
    Taken(Arc<Notify>),
    Done(Arc<str>),
}

impl Held {
    fn claim(&mut self, key: Key, expiry: Duration, (quota, share): (&SizedQuota, &ShareKey)) -> Claim {
        match self.claims.get(&key).map(|claimed| &claimed.standing) {
            Some(Standing::Taken(_)) => return Claim::Taken,
            Some(Standing::Done(value)) => return Claim::Done(Arc::clone(value)),
            None => {}
        }
        let Ok(permit) = quota.take(share, Amount::one(RESERVED)) else { return Claim::Full };
        self.expiries.insert((expiry, key));
        let standing = Standing::Taken(Arc::default());
        self.claims.insert(key, Claimed { expiry, permit, standing });
        Claim::Yours
    }

    fn settle(&mut self, key: Key, value: Arc<str>) -> Result<(), TooLarge> {
        let Some(bell) = self.bell(key).cloned() else { return Ok(()) };
        if let Some(claimed) = self.claims.get_mut(&key) {
            claimed.permit.resize(value.len().max(RESERVED)).map_err(|_| TooLarge)?;
            claimed.standing = Standing::Done(value);
        }
        bell.notify_waiters();
        Ok(())
    }

    /// What wakes those who wait for what is taken.
    fn bell(&self, key: Key) -> Option<&Arc<Notify>> {
        match &self.claims.get(&key)?.standing {
            Standing::Taken(bell) => Some(bell),
            Standing::Done(_) => None,
        }
    }

    fn forget_expired(&mut self, now: Duration) {
        while let Some((_, key)) = self.expiries.first().copied().filter(|(expiry, _)| *expiry <= now) {
            self.forget(key);
        }
    }

    fn forget(&mut self, key: Key) {
        let Some(Claimed { expiry, standing, .. }) = self.claims.remove(&key) else { return };
        self.expiries.remove(&(expiry, key));
        if let Standing::Taken(bell) = standing {
            bell.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::store::contract;

    contract::once::suite!(|limits| Arc::new(MemoryOnce::new(limits)));

    #[test]
    fn what_has_expired_or_was_released_leaves_nothing() {
        let total = Amount { entries: 4, bytes: 8 * RESERVED };
        let (once, ttl) = (MemoryOnce::new(OnceLimits { each: total, total }), Duration::from_mins(1));
        let claim = |key, now| {
            let share = ShareKey::Principal("ada".into());
            once.claim(Key([key; 32]), &share, Duration::from_secs(now), ttl).now_or_never()
        };
        for key in 0..4 {
            assert_eq!(claim(key, 0), Some(Claim::Yours));
        }
        once.settle(Key([0; 32]), "x".repeat(3 * RESERVED).into()).now_or_never().unwrap().unwrap();
        once.settle(Key([1; 32]), "x".into()).now_or_never().unwrap().unwrap();
        once.release(Key([2; 32])).now_or_never().unwrap();
        assert_eq!(once.quota.held(), Amount { entries: 3, bytes: 5 * RESERVED });
        assert_eq!(claim(4, 60), Some(Claim::Yours));
        assert_eq!(once.quota.held(), Amount { entries: 1, bytes: RESERVED });
        let held = once.held();
        assert_eq!((held.claims.len(), held.expiries.len()), (1, 1));
    }
}
