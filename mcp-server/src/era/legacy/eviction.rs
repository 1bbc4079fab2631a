//! Which sessions make room: those of whoever has most, the longest idle first.
//!
//! Sessions stand in the order of their last use as it was when they were looked at; one that was used since goes back to
//! where it belongs when its turn comes. So each look is paid for by a use, and none goes over all sessions.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use super::Session;
use crate::{
    clock::millis,
    quota::{Permit, Ranking, ShareKey},
};

/// When a session was last used, in milliseconds of the server's clock, and its number.
type LastUse = (u64, u64);

/// The open sessions by their last use: of all, and of each share.
#[derive(Debug, Default)]
pub(super) struct EvictionOrder {
    entries: HashMap<u64, SessionEntry>,
    all: Group,
    shares: HashMap<ShareKey, Group>,
    ranking: Ranking,
    /// How many have been let in.
    numbers: u64,
    /// How many were looked at.
    #[cfg(test)]
    pub(super) looks: usize,
}

#[derive(Debug)]
struct SessionEntry {
    session: Arc<Session>,
    since: u64,
    /// Something went on in it when it was looked at. It says so when something has ended.
    in_use: bool,
    permit: Permit,
}

#[derive(Debug, Default)]
struct Group {
    idle: BTreeSet<LastUse>,
    in_use: BTreeSet<LastUse>,
}

impl Group {
    fn of(&mut self, in_use: bool) -> &mut BTreeSet<LastUse> {
        if in_use { &mut self.in_use } else { &mut self.idle }
    }

    /// One that is in use makes room only when there is no other.
    fn next(&self) -> Option<LastUse> {
        self.idle.first().or_else(|| self.in_use.first()).copied()
    }

    fn len(&self) -> usize {
        self.idle.len() + self.in_use.len()
    }
}

impl EvictionOrder {
    /// Adds a session, which is used now, and gives its number.
    pub(super) fn add(&mut self, session: &Arc<Session>, permit: Permit, now: u64) -> u64 {
        self.numbers += 1;
        let entry = SessionEntry { session: Arc::clone(session), since: now, in_use: false, permit };
        self.insert(self.numbers, entry);
        self.numbers
    }

    /// Takes a session out, and gives its room back.
    pub(super) fn remove(&mut self, number: u64) -> Option<Arc<Session>> {
        let entry = self.detach(number)?;
        self.rank(entry.permit.key());
        Some(entry.session)
    }

    /// Something has ended in a session that was in use.
    pub(super) fn freed(&mut self, number: u64, now: u64) {
        self.look(number, now);
    }

    /// Takes out a session that has been idle for this long.
    pub(super) fn take_idle(&mut self, now: u64, limit: Duration) -> Option<Arc<Session>> {
        loop {
            let (since, number) = *self.all.idle.first()?;
            if now.saturating_sub(since) < millis(limit) {
                return None;
            }
            if !self.look(number, now) {
                return self.remove(number);
            }
        }
    }

    /// Takes out the session of a share that makes room.
    pub(super) fn take_of(&mut self, share: &ShareKey, now: u64) -> Option<Arc<Session>> {
        loop {
            let (_, number) = self.shares.get(share)?.next()?;
            if !self.look(number, now) {
                return self.remove(number);
            }
        }
    }

    /// Takes out the session that makes room, of whoever has most.
    pub(super) fn take_of_most(&mut self, now: u64) -> Option<Arc<Session>> {
        loop {
            let (_, number) = self.shares.get(self.ranking.first()?)?.next()?;
            if !self.look(number, now) {
                return self.remove(number);
            }
        }
    }

    /// Looks at a session. Whether it has another place now than before.
    fn look(&mut self, number: u64, now: u64) -> bool {
        #[cfg(test)]
        {
            self.looks += 1;
        }
        let Some(entry) = self.entries.get(&number) else { return true };
        let (since, in_use) = entry.session.standing(now);
        if (since, in_use) == (entry.since, entry.in_use) {
            return false;
        }
        if let Some(entry) = self.detach(number) {
            self.insert(number, SessionEntry { since, in_use, ..entry });
        }
        true
    }

    fn detach(&mut self, number: u64) -> Option<SessionEntry> {
        let entry = self.entries.remove(&number)?;
        let place = (entry.since, number);
        self.all.of(entry.in_use).remove(&place);
        for share in entry.permit.key().shares() {
            if let Some(group) = self.shares.get_mut(&share) {
                group.of(entry.in_use).remove(&place);
                if group.len() == 0 {
                    self.shares.remove(&share);
                }
            }
        }
        Some(entry)
    }

    fn insert(&mut self, number: u64, entry: SessionEntry) {
        let (place, in_use, key) = ((entry.since, number), entry.in_use, entry.permit.key().clone());
        self.entries.insert(number, entry);
        self.all.of(in_use).insert(place);
        for share in key.shares() {
            self.shares.entry(share).or_default().of(in_use).insert(place);
        }
        self.rank(&key);
    }

    /// Says how much a share has now. Of those that have as many, one with a session that is idle makes room first.
    fn rank(&mut self, share: &ShareKey) {
        let standing = |group: &Group| {
            let oldest = group.idle.first().map_or(u64::MAX, |(since, _)| *since);
            (group.len() > 0).then(|| (group.len(), oldest))
        };
        self.ranking.set(share, self.shares.get(share).and_then(standing));
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}
