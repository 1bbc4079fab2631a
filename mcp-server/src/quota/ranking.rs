//! Who holds most.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
};

use super::ShareKey;

/// How much a caller holds, and since when the oldest of it.
type Standing = (usize, Reverse<u64>);

/// Callers by how much they hold: whoever holds most makes room first, and among those who hold the same, whoever holds the
/// oldest.
#[derive(Debug, Default)]
pub(crate) struct Ranking {
    order: BTreeSet<(Standing, ShareKey)>,
    standings: HashMap<ShareKey, Standing>,
}

impl Ranking {
    /// Sets how much a caller holds now, and when the oldest of it came. Without either the caller is forgotten.
    pub(crate) fn set(&mut self, key: &ShareKey, held: Option<(usize, u64)>) {
        let held = held.map(|(amount, oldest)| (amount, Reverse(oldest)));
        let before = match held {
            Some(held) => self.standings.insert(key.clone(), held),
            None => self.standings.remove(key),
        };
        if before != held {
            before.map(|before| self.order.remove(&(before, key.clone())));
            held.map(|held| self.order.insert((held, key.clone())));
        }
    }

    /// Whoever makes room.
    pub(crate) fn first(&self) -> Option<&ShareKey> {
        self.order.last().map(|(_, key)| key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_holds_most_is_first_and_then_whoever_holds_the_oldest() {
        let person = |name: &str| ShareKey::Principal(name.into());
        let (mut ranking, [a, b, c]) = (Ranking::default(), ["a", "b", "c"].map(person));
        assert_eq!(ranking.first(), None);
        for (key, held) in [(&a, (1, 7)), (&b, (3, 9)), (&c, (3, 8))] {
            ranking.set(key, Some(held));
        }
        assert_eq!(ranking.first(), Some(&c));
        ranking.set(&c, Some((2, 8)));
        assert_eq!(ranking.first(), Some(&b));
        ranking.set(&b, None);
        assert_eq!(ranking.first(), Some(&c));
        ranking.set(&c, None);
        ranking.set(&a, None);
        assert!(ranking.first().is_none() && ranking.standings.is_empty(), "who holds nothing is forgotten");
    }
}
