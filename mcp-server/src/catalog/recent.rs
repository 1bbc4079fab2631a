//! Values that are made when somebody needs them and kept as long as they are used.

use std::{
    fmt,
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use papaya::HashMap;

/// The values that were used last, as many as `MOST`: another one takes the place of the least recently used. Finding one
/// takes no lock. Clones share them.
pub(crate) struct Recent<K, V, const MOST: usize>(Arc<Inner<K, V>>);

struct Inner<K, V> {
    values: HashMap<K, Used<V>>,
    /// How often any was used.
    uses: AtomicU64,
}

/// A value, and when it was used last.
struct Used<V> {
    value: Arc<V>,
    last: AtomicU64,
}

impl<K: Hash + Eq + Copy, V, const MOST: usize> Recent<K, V, MOST> {
    /// The value of a key; it is made when it isn't there.
    pub(crate) fn get(&self, key: K, make: impl FnOnce() -> V) -> Arc<V> {
        let values = self.0.values.pin();
        let now = self.0.uses.fetch_add(1, Ordering::Relaxed);
        if let Some(used) = values.get(&key) {
            used.last.store(now, Ordering::Relaxed);
            return Arc::clone(&used.value);
        }
        while values.len() >= MOST {
            let oldest = values.iter().min_by_key(|(_, used)| used.last.load(Ordering::Relaxed));
            let Some((oldest, _)) = oldest else { break };
            values.remove(oldest);
        }
        let used = || Used { value: Arc::new(make()), last: AtomicU64::new(now) };
        Arc::clone(&values.get_or_insert_with(key, used).value)
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.values.len()
    }
}

impl<K, V, const MOST: usize> Default for Recent<K, V, MOST> {
    fn default() -> Self {
        Self(Arc::new(Inner { values: HashMap::new(), uses: AtomicU64::default() }))
    }
}

impl<K, V, const MOST: usize> Clone for Recent<K, V, MOST> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K, V, const MOST: usize> fmt::Debug for Recent<K, V, MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recent").field("most", &MOST).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn the_least_recently_used_goes() {
        let (recent, made) = (Recent::<u32, u32, 3>::default(), Cell::new(0));
        let get = |key| {
            recent.get(key, || {
                made.set(made.get() + 1);
                key
            })
        };
        for key in [1, 2, 3, 1, 4, 1, 5, 1, 6, 1] {
            assert_eq!(*get(key), key);
            assert!(recent.len() <= 3);
        }
        assert_eq!(made.get(), 6, "what is used stays, whatever else comes");
        get(2);
        assert_eq!(made.get(), 7, "it was gone");
    }
}
