//! Things of different sizes: their number and their bytes are bounded, each in total and by share.

use super::{Exceeded, Permit, Quota, ShareKey};

/// A number of things, and their size in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) entries: usize,
    pub(crate) bytes: usize,
}

impl Amount {
    /// One thing of this size.
    pub(crate) fn one(bytes: usize) -> Self {
        Self { entries: 1, bytes }
    }

    pub(crate) fn and(self, more: Self) -> Self {
        let (entries, bytes) =
            (self.entries.saturating_add(more.entries), self.bytes.saturating_add(more.bytes));
        Self { entries, bytes }
    }

    pub(crate) fn without(self, less: Self) -> Self {
        let (entries, bytes) =
            (self.entries.saturating_sub(less.entries), self.bytes.saturating_sub(less.bytes));
        Self { entries, bytes }
    }

    pub(crate) fn exceeds(self, limit: Self) -> bool {
        self.entries > limit.entries || self.bytes > limit.bytes
    }

    /// The part of it that one caller may have.
    pub(crate) fn divided(self, by: usize) -> Self {
        Self { entries: self.entries / by, bytes: self.bytes / by }
    }

    /// How much of a total it is, as bytes: whichever is more of its number and its size.
    pub(crate) fn weight(self, total: Self) -> usize {
        let each = total.bytes.checked_div(total.entries).unwrap_or_default().max(1);
        self.bytes.max(self.entries.saturating_mul(each))
    }
}

/// What an amount is taken from. Cheap to clone: clones count the same amount.
#[derive(Debug, Clone)]
pub(crate) struct SizedQuota {
    entries: Quota,
    bytes: Quota,
}

impl SizedQuota {
    /// `total` for all callers together, `each` of it for one of them.
    pub(crate) fn new(total: Amount, each: Amount) -> Self {
        let (entries, bytes) = (Quota::new(total.entries, each.entries), Quota::new(total.bytes, each.bytes));
        Self { entries, bytes }
    }

    /// Takes an amount.
    pub(crate) fn take(&self, key: &ShareKey, amount: Amount) -> Result<SizedPermit, Exceeded> {
        let entries = self.entries.take(key, amount.entries)?;
        Ok(SizedPermit { entries, bytes: self.bytes.take(key, amount.bytes)? })
    }

    /// How much a caller holds.
    pub(crate) fn held_by(&self, key: &ShareKey) -> Amount {
        Amount { entries: self.entries.held_by(key), bytes: self.bytes.held_by(key) }
    }

    /// How much all callers hold together.
    #[cfg(test)]
    pub(crate) fn held(&self) -> Amount {
        Amount { entries: self.entries.held(), bytes: self.bytes.held() }
    }
}

/// An amount that a caller holds, until this is dropped.
#[derive(Debug)]
pub(crate) struct SizedPermit {
    entries: Permit,
    bytes: Permit,
}

impl SizedPermit {
    /// Takes more, or nothing.
    pub(crate) fn grow(&mut self, amount: Amount) -> Result<(), Exceeded> {
        self.entries.grow(amount.entries)?;
        self.bytes.grow(amount.bytes).inspect_err(|_| self.entries.shrink(amount.entries))
    }

    /// Gives some of it back.
    pub(crate) fn shrink(&mut self, amount: Amount) {
        self.entries.shrink(amount.entries);
        self.bytes.shrink(amount.bytes);
    }

    /// Takes or gives back as many bytes as make it this many.
    pub(crate) fn resize(&mut self, bytes: usize) -> Result<(), Exceeded> {
        let held = self.bytes.amount();
        self.bytes.shrink(held.saturating_sub(bytes));
        self.bytes.grow(bytes.saturating_sub(held))
    }

    /// How much it is.
    pub(crate) fn amount(&self) -> Amount {
        Amount { entries: self.entries.amount(), bytes: self.bytes.amount() }
    }

    /// Whose share it counts to.
    pub(crate) fn key(&self) -> &ShareKey {
        self.bytes.key()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_takes_neither_number_nor_size() {
        let (total, each) = (Amount { entries: 3, bytes: 100 }, Amount { entries: 2, bytes: 60 });
        let (quota, key) = (SizedQuota::new(total, each), ShareKey::Principal("a".into()));
        let mut permit = quota.take(&key, Amount::one(30)).unwrap();
        assert_eq!(quota.take(&key, Amount::one(31)).map(drop), Err(Exceeded::Share));
        assert_eq!(permit.grow(Amount::one(31)), Err(Exceeded::Share));
        assert_eq!(permit.grow(Amount { entries: 2, bytes: 0 }), Err(Exceeded::Share));
        assert_eq!((permit.amount(), quota.held()), (Amount::one(30), Amount::one(30)));
        permit.grow(Amount::one(30)).unwrap();
        assert_eq!(permit.resize(61), Err(Exceeded::Share));
        permit.resize(10).unwrap();
        assert_eq!(quota.held_by(&key), Amount { entries: 2, bytes: 10 });
        drop(permit);
        assert_eq!(quota.held(), Amount::default());
    }

    #[test]
    fn a_weight_is_the_larger_part_of_a_total() {
        let total = Amount { entries: 10, bytes: 1_000 };
        assert_eq!(Amount { entries: 5, bytes: 10 }.weight(total), 500);
        assert_eq!(Amount { entries: 1, bytes: 300 }.weight(total), 300);
    }
}
