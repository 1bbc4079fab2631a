//! How far ahead of the time callers are: the state of the generic cell rate algorithm.

use std::{collections::HashMap, hash::Hash, time::Duration};

/// How many callers are told apart. Beyond it, those who are least ahead are forgotten first.
pub(crate) const MAX_DEBTORS: usize = 10_000;

/// For each caller, until when they have used up what they may: a time in the future by one step for each event that
/// counts.
#[derive(Debug)]
pub(crate) struct Debts<K>(HashMap<K, Duration>);

impl<K> Default for Debts<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Debts<K> {
    /// How far ahead a caller is.
    pub(crate) fn of(&self, key: &K, now: Duration) -> Duration {
        self.0.get(key).copied().unwrap_or_default().saturating_sub(now)
    }

    /// Counts an event.
    pub(crate) fn add(&mut self, key: K, step: Duration, now: Duration) {
        if self.0.len() >= MAX_DEBTORS && !self.0.contains_key(&key) {
            self.make_room(now);
        }
        let until = self.0.entry(key).or_insert(now);
        *until = (*until).max(now) + step;
    }

    /// Doesn't count an event that was counted.
    pub(crate) fn subtract(&mut self, key: &K, step: Duration) {
        if let Some(until) = self.0.get_mut(key) {
            *until = until.saturating_sub(step);
        }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets callers who are not ahead, and if there are none the quarter that is least.
    fn make_room(&mut self, now: Duration) {
        self.0.retain(|_, until| *until > now);
        if self.0.len() < MAX_DEBTORS {
            return;
        }
        let mut all: Vec<Duration> = self.0.values().copied().collect();
        let (_, quarter, _) = all.select_nth_unstable(MAX_DEBTORS / 4);
        let (quarter, mut left) = (*quarter, MAX_DEBTORS / 4);
        self.0.retain(|_, until| {
            let goes = *until <= quarter && left > 0;
            left -= usize::from(goes);
            !goes
        });
    }
}
