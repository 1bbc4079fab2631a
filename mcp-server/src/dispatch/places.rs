//! How many of something there may be at once, in all and of one principal: of those who listen, and of calls that go on
//! without their clients.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::store::Owner;

/// Places, of which each principal may have a part. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    taken: Arc<Mutex<Taken>>,
    total: usize,
    each: usize,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by: HashMap<Owner, usize>,
}

impl Places {
    /// `total` places, `each` of them for one principal. Callers who can't be told apart share all.
    pub(crate) fn new(total: usize, each: usize) -> Self {
        Self { taken: Arc::default(), total, each }
    }

    /// Takes a place, if there is one left.
    pub(crate) fn take(&self, owner: &Owner) -> Option<Place> {
        let mut taken = self.taken();
        let each = if owner.is_shared() { self.total } else { self.each };
        if taken.all >= self.total || taken.by.get(owner).is_some_and(|count| *count >= each) {
            return None;
        }
        taken.all += 1;
        *taken.by.entry(owner.clone()).or_default() += 1;
        Some(Place { places: self.clone(), owner: owner.clone() })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        // Nothing panics under this lock.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place, until this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    owner: Owner,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all -= 1;
        if let Some(count) = taken.by.get_mut(&self.owner) {
            *count -= 1;
            if *count == 0 {
                taken.by.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_all_and_for_each() {
        let places = Places::new(3, 2);
        let (a, b) = (Owner::new("a"), Owner::new("b"));
        let first = places.take(&a).unwrap();
        let _second = places.take(&a).unwrap();
        assert!(places.take(&a).is_none(), "two each");
        let _third = places.take(&b).unwrap();
        assert!(places.take(&b).is_none(), "three in all");
        drop(first);
        assert!(places.take(&a).is_some());
    }
}
