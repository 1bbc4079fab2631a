//! Tokens that were checked, by what stands for them: a repeated call costs a lookup.

use std::{fmt, hash::Hasher, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use papaya::HashMap;
use siphasher::sip128::{Hasher128, SipHasher24};

use super::jwks::Key;
use crate::{call::Principal, error::ProtocolError, secret};

/// Checked tokens. The tokens themselves aren't kept: each is known by a hash of 128 bits under a key that is made
/// at the start and never leaves.
///
/// Those that were used lately stay. There are two halves: what is used moves to the younger one, and when that is
/// full it becomes the older one, and what was there is forgotten.
pub(super) struct Cache {
    key: SipHasher24,
    halves: ArcSwap<Halves>,
    /// How many a half may hold.
    half: usize,
}

#[derive(Default)]
struct Halves {
    young: Arc<HashMap<u128, Checked>>,
    old: Arc<HashMap<u128, Checked>>,
}

/// Who a token is of, and until when that needs no second look.
#[derive(Clone)]
struct Checked {
    principal: Principal,
    until: Duration,
    /// The key that signed it, where its issuer publishes keys.
    key: Option<Arc<Key>>,
}

impl Checked {
    fn is_good(&self, now: Duration) -> bool {
        now < self.until && !self.key.as_ref().is_some_and(|key| key.is_withdrawn())
    }
}

impl Cache {
    /// Room for so many tokens.
    pub(super) fn new(entries: usize) -> Result<Self, ProtocolError> {
        let key = SipHasher24::new_with_key(&secret::bytes()?);
        Ok(Self { key, halves: ArcSwap::default(), half: entries.div_ceil(2) })
    }

    /// Whose token this is, if that is known.
    pub(super) fn get(&self, token: &str, now: Duration) -> Option<Principal> {
        let hash = self.hash(token);
        let halves = self.halves.load();
        if let Some(checked) = halves.young.pin().get(&hash) {
            return checked.is_good(now).then(|| checked.principal.clone());
        }
        let checked = halves.old.pin().get(&hash).filter(|checked| checked.is_good(now)).cloned()?;
        let principal = checked.principal.clone();
        self.keep(hash, checked);
        Some(principal)
    }

    /// Keeps whose token this is, until then or until the key that signed it is withdrawn.
    pub(super) fn insert(
        &self,
        token: &str,
        (principal, key): (Principal, Option<Arc<Key>>),
        until: Duration,
    ) {
        self.keep(self.hash(token), Checked { principal, until, key });
    }

    fn keep(&self, hash: u128, checked: Checked) {
        if self.half == 0 {
            return;
        }
        let halves = self.halves.load();
        if halves.young.len() >= self.half {
            let next = Halves { young: Arc::default(), old: Arc::clone(&halves.young) };
            // Somebody else may have been first, and then it is their young half.
            self.halves.compare_and_swap(&halves, Arc::new(next));
        }
        self.halves.load().young.pin().insert(hash, checked);
    }

    fn hash(&self, token: &str) -> u128 {
        let mut hasher = self.key;
        hasher.write(token.as_bytes());
        hasher.finish128().as_u128()
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("half", &self.half).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::somebody;

    const LATER: Duration = Duration::from_secs(10);

    fn holds(cache: &Cache, token: &str) -> bool {
        cache.get(token, Duration::ZERO).is_some()
    }

    #[test]
    fn a_token_is_known_until_its_time() {
        let cache = Cache::new(10).unwrap();
        cache.insert("a", (somebody("i", "s", "c"), None), LATER);
        assert_eq!(cache.get("a", Duration::from_millis(9_999)), Some(somebody("i", "s", "c")));
        assert_eq!(cache.get("a", LATER), None);
        assert_eq!(cache.get("b", Duration::ZERO), None);
    }

    #[test]
    fn two_servers_hash_differently() {
        let (a, b) = (Cache::new(2).unwrap(), Cache::new(2).unwrap());
        assert_eq!(a.hash("token"), a.hash("token"));
        assert_ne!(a.hash("token"), b.hash("token"));
    }

    #[test]
    fn there_is_an_end_to_it_and_what_is_used_stays() {
        let cache = Cache::new(10).unwrap();
        cache.insert("used", (somebody("i", "s", "c"), None), LATER);
        for number in 0..1_000 {
            cache.insert(&number.to_string(), (somebody("i", "s", "c"), None), LATER);
            assert!(holds(&cache, "used"), "{number}");
        }
        let known = (0..1_000).filter(|number| holds(&cache, &number.to_string())).count();
        let halves = cache.halves.load();
        assert!(known >= 1 && halves.young.len() + halves.old.len() <= 10, "{known}");
    }

    #[test]
    fn without_room_nothing_is_kept() {
        let cache = Cache::new(0).unwrap();
        cache.insert("a", (somebody("i", "s", "c"), None), LATER);
        assert!(!holds(&cache, "a"));
    }
}
