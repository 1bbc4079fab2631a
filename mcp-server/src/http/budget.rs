//! How much of all requests' bodies may be in memory at once.
//!
//! A body has a limit of its own, but a client may send many at a time, and finish none of them.

use std::sync::atomic::{AtomicUsize, Ordering};

/// A number of bytes that all bodies share.
#[derive(Debug)]
pub(crate) struct Budget {
    left: AtomicUsize,
}

impl Budget {
    pub(crate) const fn new(bytes: usize) -> Self {
        Self { left: AtomicUsize::new(bytes) }
    }

    /// A share of nothing yet.
    pub(super) fn share(&self) -> Share<'_> {
        Share { budget: self, bytes: 0 }
    }
}

/// What one body has taken. Gives it back when it is dropped.
#[derive(Debug)]
pub(super) struct Share<'b> {
    budget: &'b Budget,
    bytes: usize,
}

impl Share<'_> {
    /// Takes more, if there is as much.
    pub(super) fn grow(&mut self, bytes: usize) -> bool {
        let taken = self
            .budget
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        self.bytes += if taken.is_ok() { bytes } else { 0 };
        taken.is_ok()
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.budget.left.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_come_back() {
        let budget = Budget::new(10);
        let mut first = budget.share();
        assert!(first.grow(4) && first.grow(4) && !first.grow(4));
        let mut second = budget.share();
        assert!(second.grow(2) && !second.grow(1));
        drop(first);
        assert!(second.grow(8));
    }
}
