//! How many clients may listen at once, in all and of one principal.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::call::Principal;

/// The places of those who listen. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    taken: Arc<Mutex<Taken>>,
    total: usize,
    each: usize,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by: HashMap<Principal, usize>,
}

impl Places {
    /// `total` places, `each` of them for one principal. Callers who can't be told apart share all.
    pub(crate) fn new(total: usize, each: usize) -> Self {
        Self { taken: Arc::default(), total, each }
    }

    /// Takes a place, if there is one left.
    pub(super) fn take(&self, principal: &Principal) -> Option<Place> {
        let mut taken = self.taken();
        let each = if *principal == Principal::Anonymous { self.total } else { self.each };
        if taken.all >= self.total || taken.by.get(principal).is_some_and(|count| *count >= each) {
            return None;
        }
        taken.all += 1;
        *taken.by.entry(principal.clone()).or_default() += 1;
        Some(Place { places: self.clone(), principal: principal.clone() })
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
    principal: Principal,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all -= 1;
        if let Some(count) = taken.by.get_mut(&self.principal) {
            *count -= 1;
            if *count == 0 {
                taken.by.remove(&self.principal);
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
        let somebody = |subject: &str| Principal::Subject {
            issuer: "i".into(),
            subject: subject.into(),
            client: "c".into(),
        };
        let (a, b) = (somebody("a"), somebody("b"));
        let first = places.take(&a).unwrap();
        let _second = places.take(&a).unwrap();
        assert!(places.take(&a).is_none(), "two each");
        let _third = places.take(&b).unwrap();
        assert!(places.take(&b).is_none(), "three in all");
        drop(first);
        assert!(places.take(&a).is_some());
    }
}
