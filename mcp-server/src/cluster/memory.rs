//! Events in this process's memory: bounded by number, size and age, in total, by share and by session.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    future::ready,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::sync::Notify;

use super::{Event, Events, Following, Pending, Provenance, StreamKey};
use crate::{
    clock::Clock,
    quota::{Amount, Exceeded, Ranking, ShareKey, SizedPermit, SizedQuota},
};

/// Which part of what is kept of all sessions may be one caller's: an eighth.
const SHARES: usize = 8;

/// How many events may be kept, how large, and how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventLimits {
    /// Of one session.
    pub(crate) session: Amount,
    /// Of all sessions of one caller.
    pub(crate) each: Amount,
    /// Of all sessions together.
    pub(crate) total: Amount,
    /// How long one is kept.
    pub(crate) age: Duration,
}

impl EventLimits {
    /// These limits of a session, and in all as much as many sessions use at once.
    pub(crate) fn of_session(entries: usize, bytes: usize, age: Duration) -> Self {
        let total = Amount { entries: entries.saturating_mul(100), bytes: bytes.saturating_mul(16) };
        Self { session: Amount { entries, bytes }, each: total.divided(SHARES), total, age }
    }

    /// What an event counts: a larger one than a session may keep counts as all that the session may keep.
    fn of(&self, event: Option<&Event>) -> Amount {
        Amount::one(event.map_or(0, Event::size).min(self.session.bytes))
    }
}

impl Default for EventLimits {
    fn default() -> Self {
        Self::of_session(1_000, 4 * 1024 * 1024, Duration::from_mins(5))
    }
}

/// The events of this process's sessions. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    shared: Arc<Mutex<State>>,
    limits: EventLimits,
    clock: Clock,
}

#[derive(Debug)]
struct State {
    limits: EventLimits,
    quota: SizedQuota,
    sessions: HashMap<Arc<str>, Session>,
    /// What wakes those who wait for a stream's next event.
    bells: HashMap<StreamKey, Weak<Notify>>,
    /// The sessions of which something is kept, by the turn of the oldest of it.
    oldest: BTreeMap<u64, Arc<str>>,
    /// The same of each share.
    shares: HashMap<ShareKey, BTreeMap<u64, Arc<str>>>,
    ranking: Ranking,
    /// How many have had their turn.
    turns: u64,
}

/// What a session has in here.
#[derive(Debug)]
struct Session {
    streams: HashMap<u32, Stream>,
    permit: SizedPermit,
    /// The streams of what is kept, in the order in which it came.
    order: VecDeque<u32>,
}

#[derive(Debug)]
struct Stream {
    scope: Arc<str>,
    /// The number of the last event that was forgotten.
    forgotten: u64,
    /// The end of a stream of which nothing else is kept is here too: its reader is to learn of it.
    kept: VecDeque<KeptEvent>,
    ended: bool,
}

/// Something that is kept, with its turn and its time.
#[derive(Debug)]
struct KeptEvent {
    turn: u64,
    time: Duration,
    event: Option<Event>,
}

/// Somebody who waits for a stream's next event, until this is dropped.
struct Waiting {
    memory: Memory,
    key: StreamKey,
    /// Taken out when this is dropped.
    bell: Option<Arc<Notify>>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut state = self.memory.state();
        // Under the lock: the last one to go takes the bell away.
        drop(self.bell.take());
        if state.bells.get(&self.key).is_some_and(|bell| bell.strong_count() == 0) {
            state.bells.remove(&self.key);
        }
    }
}

impl Memory {
    pub(crate) fn new(limits: EventLimits, clock: Clock) -> Self {
        Self { shared: Arc::new(Mutex::new(State::new(limits))), limits, clock }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics under this lock.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, without what is too old.
    fn young(&self) -> MutexGuard<'_, State> {
        let mut state = self.state();
        state.forget_old(self.clock.now());
        state
    }

    fn look(&self, key: &StreamKey, number: u64) -> Following {
        match self.young().stream(key) {
            Some(stream) => stream.after(number),
            None if number == 0 => Following::Nothing,
            None => Following::Gone,
        }
    }

    /// Who waits for a stream's next event. There may be many who wait long on streams of which nothing is kept.
    fn bell(&self, key: &StreamKey) -> Arc<Notify> {
        let mut state = self.state();
        let known = state.bells.get(key).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let bell = Arc::default();
            state.bells.insert(key.clone(), Arc::downgrade(&bell));
            bell
        })
    }
}

impl Events for Memory {
    fn begin(&self, key: StreamKey, provenance: Provenance) -> Pending<()> {
        self.young().begin(key, provenance);
        Box::pin(ready(()))
    }

    fn scope(&self, key: StreamKey) -> Pending<Option<Arc<str>>> {
        let scope = self.young().stream(&key).map(|stream| Arc::clone(&stream.scope));
        Box::pin(ready(scope))
    }

    fn append(&self, key: StreamKey, event: Event) -> Pending<()> {
        let mut state = self.young();
        if state.stream(&key).is_some_and(|stream| !stream.ended) {
            state.keep(&key, Some(event), self.clock.now());
        }
        Box::pin(ready(()))
    }

    fn end(&self, key: StreamKey) -> Pending<()> {
        self.state().end(&key, self.clock.now());
        Box::pin(ready(()))
    }

    fn after(&self, key: StreamKey, number: u64) -> Pending<Following> {
        Box::pin(ready(self.look(&key, number)))
    }

    fn news(&self, key: StreamKey, number: u64) -> Pending<()> {
        if self.look(&key, number) != Following::Nothing {
            return Box::pin(ready(()));
        }
        let bell = self.bell(&key);
        let waiting = Waiting { bell: Some(Arc::clone(&bell)), key, memory: self.clone() };
        Box::pin(async move {
            let (bell, waiting) = (bell, waiting); // dropped from the last to the first
            let mut rung = std::pin::pin!(bell.notified());
            rung.as_mut().enable();
            // What came between looking and listening.
            if waiting.memory.look(&waiting.key, number) == Following::Nothing {
                rung.await;
            }
        })
    }

    fn room(&self) -> Amount {
        let Amount { entries, bytes } = self.limits.session;
        Amount { entries: (entries / 2).clamp(1, 64), bytes: bytes / 2 }
    }

    fn forget(&self, session: Arc<str>) -> Pending<()> {
        self.state().forget(&session);
        Box::pin(ready(()))
    }
}

impl State {
    fn new(mut limits: EventLimits) -> Self {
        // Whatever one session may keep has room.
        let at_least = |amount: Amount, least: Amount| Amount {
            entries: amount.entries.max(least.entries),
            bytes: amount.bytes.max(least.bytes),
        };
        limits.session = at_least(limits.session, Amount::one(0));
        limits.each = at_least(limits.each, limits.session);
        limits.total = at_least(limits.total, limits.each);
        Self {
            limits,
            quota: SizedQuota::new(limits.total, limits.each),
            sessions: HashMap::new(),
            bells: HashMap::new(),
            oldest: BTreeMap::new(),
            shares: HashMap::new(),
            ranking: Ranking::default(),
            turns: 0,
        }
    }

    fn stream(&mut self, key: &StreamKey) -> Option<&mut Stream> {
        self.sessions.get_mut(&key.session)?.streams.get_mut(&key.stream)
    }

    fn begin(&mut self, key: StreamKey, Provenance { share, scope }: Provenance) {
        if !self.sessions.contains_key(&key.session) {
            // Nothing fits in everything.
            let Ok(permit) = self.quota.take(&share, Amount::default()) else { return };
            let session = Session { streams: HashMap::new(), permit, order: VecDeque::new() };
            self.sessions.insert(Arc::clone(&key.session), session);
        }
        if let Some(session) = self.sessions.get_mut(&key.session) {
            session.streams.entry(key.stream).or_insert_with(|| Stream::new(scope));
        }
    }

    fn end(&mut self, key: &StreamKey, now: Duration) {
        let Some(stream) = self.stream(key).filter(|stream| !stream.ended) else { return };
        stream.ended = true;
        if stream.kept.is_empty() {
            self.keep(key, None, now);
        } else {
            self.ring(key);
        }
    }

    /// Keeps an event, or the end of a stream, and lets go of older ones.
    fn keep(&mut self, key: &StreamKey, event: Option<Event>, now: Duration) {
        let amount = self.limits.of(event.as_ref());
        self.make_room(&key.session, amount);
        let Some(session) = self.sessions.get_mut(&key.session) else { return };
        let Some(stream) = session.streams.get_mut(&key.stream) else { return };
        self.turns += 1;
        stream.kept.push_back(KeptEvent { turn: self.turns, time: now, event });
        session.order.push_back(key.stream);
        if session.order.len() == 1 {
            self.list(&key.session);
        }
        self.rank(&key.session);
        self.ring(key);
    }

    /// Takes room for something of a session: from itself, then from its share, then from whoever holds most.
    fn make_room(&mut self, id: &Arc<str>, amount: Amount) {
        loop {
            let Some(session) = self.sessions.get_mut(id) else { return };
            let exceeds = session.permit.amount().and(amount).exceeds(self.limits.session);
            let grown = if exceeds { None } else { Some(session.permit.grow(amount)) };
            let share = session.permit.key().clone();
            let from = match grown {
                Some(Ok(())) => return,
                None => Some(Arc::clone(id)),
                Some(Err(Exceeded::Share)) => share.shares().find_map(|share| self.oldest_of(&share)),
                Some(Err(Exceeded::Total)) => self.ranking.first().and_then(|share| self.oldest_of(share)),
            };
            match from {
                Some(session) => self.forget_first(&session),
                None => return,
            }
        }
    }

    /// The session that keeps the oldest of a share.
    fn oldest_of(&self, share: &ShareKey) -> Option<Arc<str>> {
        self.shares.get(share)?.first_key_value().map(|(_, id)| Arc::clone(id))
    }

    fn ring(&self, key: &StreamKey) {
        if let Some(bell) = self.bells.get(key).and_then(Weak::upgrade) {
            bell.notify_waiters();
        }
    }

    fn forget_old(&mut self, now: Duration) {
        while let Some((_, id)) = self.oldest.first_key_value() {
            let time = self.sessions.get(id).and_then(Session::first).map(|kept| kept.time);
            if time.is_some_and(|time| now.saturating_sub(time) <= self.limits.age) {
                return;
            }
            let id = Arc::clone(id);
            self.forget_first(&id);
        }
    }

    /// Forgets the first of what is kept of a session, and the stream with the last of it once it has ended.
    fn forget_first(&mut self, id: &Arc<str>) {
        self.unlist(id);
        let Some(session) = self.sessions.get_mut(id) else { return };
        let share = session.permit.key().clone();
        session.forget_first(&self.limits);
        if session.streams.is_empty() {
            self.sessions.remove(id);
        }
        self.list(id);
        self.rank_share(&share);
    }

    /// Forgets a session, whose streams end with it.
    fn forget(&mut self, id: &Arc<str>) {
        self.unlist(id);
        if let Some(session) = self.sessions.remove(id) {
            let share = session.permit.key().clone();
            drop(session);
            self.rank_share(&share);
        }
        let bells = self.bells.iter().filter(|(key, _)| key.session == *id);
        bells.filter_map(|(_, bell)| bell.upgrade()).for_each(|bell| bell.notify_waiters());
    }

    /// Lists a session by the oldest of what is kept of it.
    fn list(&mut self, id: &Arc<str>) {
        let Some(session) = self.sessions.get(id) else { return };
        let Some(KeptEvent { turn, .. }) = session.first() else { return };
        self.oldest.insert(*turn, Arc::clone(id));
        for share in session.permit.key().shares() {
            self.shares.entry(share).or_default().insert(*turn, Arc::clone(id));
        }
    }

    fn unlist(&mut self, id: &Arc<str>) {
        let Some(session) = self.sessions.get(id) else { return };
        let Some(KeptEvent { turn, .. }) = session.first() else { return };
        self.oldest.remove(turn);
        for share in session.permit.key().shares() {
            if let Some(listed) = self.shares.get_mut(&share) {
                listed.remove(turn);
                if listed.is_empty() {
                    self.shares.remove(&share);
                }
            }
        }
    }

    fn rank(&mut self, id: &Arc<str>) {
        if let Some(share) = self.sessions.get(id).map(|session| session.permit.key().clone()) {
            self.rank_share(&share);
        }
    }

    /// Says how much a share holds now.
    fn rank_share(&mut self, share: &ShareKey) {
        let oldest = self.shares.get(share).and_then(|listed| listed.first_key_value());
        let weight = self.quota.held_by(share).weight(self.limits.total);
        self.ranking.set(share, oldest.map(|(turn, _)| (weight, *turn)));
    }
}

impl Session {
    /// The oldest of what is kept.
    fn first(&self) -> Option<&KeptEvent> {
        self.streams.get(self.order.front()?)?.kept.front()
    }

    fn forget_first(&mut self, limits: &EventLimits) {
        let Some(key) = self.order.pop_front() else { return };
        let Some(stream) = self.streams.get_mut(&key) else { return };
        let event = stream.kept.pop_front().and_then(|kept| kept.event);
        stream.forgotten += u64::from(event.is_some());
        if stream.ended && stream.kept.is_empty() {
            self.streams.remove(&key);
        }
        self.permit.shrink(limits.of(event.as_ref()));
    }
}

impl Stream {
    fn new(scope: Arc<str>) -> Self {
        Self { scope, forgotten: 0, kept: VecDeque::new(), ended: false }
    }

    fn after(&self, number: u64) -> Following {
        let Some(skipped) = number.checked_sub(self.forgotten) else { return Following::Gone };
        let events = || self.kept.iter().filter_map(|kept| kept.event.as_ref());
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        if skipped > events().count() {
            return Following::Unknown;
        }
        let numbered: Vec<_> = (number + 1..).zip(events().skip(skipped).cloned()).collect();
        match numbered.is_empty() {
            false => Following::Events(numbered),
            true if self.ended => Following::End,
            true => Following::Nothing,
        }
    }
}
