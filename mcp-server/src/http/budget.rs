//! How much of all requests' bodies may be in memory at once.
//!
//! A body has a limit of its own, but a client may send many at a time, and finish none of them: so all together have
//! one, and those of one caller a part of it.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::store::Owner;

/// Up to how many bytes a body isn't counted as its caller's. Nearly every body is as small.
const SMALL: usize = 64 * 1024;

/// A number of bytes that all bodies share.
#[derive(Debug)]
pub(crate) struct Budget {
    left: AtomicUsize,
    /// How much of it those of one caller may take.
    each: usize,
    by: Mutex<HashMap<Owner, usize>>,
}

impl Budget {
    /// `total` bytes, `each` of them for one caller. Callers who can't be told apart share all.
    pub(crate) fn new(total: usize, each: usize) -> Self {
        Self { left: AtomicUsize::new(total), each, by: Mutex::default() }
    }

    /// A share of nothing yet.
    pub(super) fn share(&self, owner: Owner) -> Share<'_> {
        Share { budget: self, owner: Some(owner).filter(|owner| !owner.is_shared()), bytes: 0, counted: 0 }
    }

    fn by(&self) -> MutexGuard<'_, HashMap<Owner, usize>> {
        // Nothing panics under this lock.
        self.by.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one body has taken. Gives it back when it is dropped.
#[derive(Debug)]
pub(super) struct Share<'b> {
    budget: &'b Budget,
    owner: Option<Owner>,
    bytes: usize,
    /// How much of it counts as the owner's.
    counted: usize,
}

impl Share<'_> {
    /// Takes more, if there is as much.
    pub(super) fn grow(&mut self, bytes: usize) -> bool {
        if !self.count(self.bytes + bytes) {
            return false;
        }
        let left = &self.budget.left;
        let taken = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        self.bytes += if taken.is_ok() { bytes } else { 0 };
        taken.is_ok()
    }

    fn count(&mut self, bytes: usize) -> bool {
        let Some(owner) = self.owner.as_ref().filter(|_| bytes > SMALL) else { return true };
        let mut by = self.budget.by();
        let held = by.get(owner).copied().unwrap_or_default() + bytes - self.counted;
        if held > self.budget.each {
            return false;
        }
        self.counted = bytes;
        by.insert(owner.clone(), held);
        true
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.budget.left.fetch_add(self.bytes, Ordering::Relaxed);
        let Some(owner) = self.owner.as_ref().filter(|_| self.counted > 0) else { return };
        let mut by = self.budget.by();
        if let Some(held) = by.get_mut(owner) {
            *held -= self.counted;
            if *held == 0 {
                by.remove(owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_come_back() {
        let budget = Budget::new(10, 10);
        let mut first = budget.share(Owner::shared());
        assert!(first.grow(4) && first.grow(4) && !first.grow(4));
        let mut second = budget.share(Owner::shared());
        assert!(second.grow(2) && !second.grow(1));
        drop(first);
        assert!(second.grow(8));
    }

    #[test]
    fn tr_9_one_caller_does_not_use_up_what_all_have() {
        let budget = Budget::new(10 * SMALL, 4 * SMALL);
        let (a, b) = (Owner::new("a"), Owner::new("b"));
        let mut first = budget.share(a.clone());
        assert!(first.grow(SMALL) && first.grow(SMALL) && first.grow(SMALL));
        let mut second = budget.share(a.clone());
        assert!(second.grow(SMALL), "a small one is nobody's");
        assert!(!second.grow(SMALL), "and with it, it isn't small");
        assert!(budget.share(b).grow(4 * SMALL), "others have their own");
        drop((first, second));
        assert!(budget.share(a).grow(4 * SMALL));
        assert!(budget.by().is_empty() && budget.left.into_inner() == 10 * SMALL);
    }
}
