//! Events in this process's memory: bounded by number, size and age.

use std::{
    collections::{HashMap, VecDeque},
    future::ready,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::sync::Notify;

use super::{Event, Events, Following, Pending, StreamKey};
use crate::clock::Clock;

/// How many events may be kept, how large, and how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventLimits {
    /// Of one session.
    pub(crate) session: Bound,
    /// Of all sessions together.
    pub(crate) total: Bound,
    /// How long one is kept.
    pub(crate) age: Duration,
}

/// A number of events, and their size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) events: usize,
    pub(crate) bytes: usize,
}

impl Bound {
    fn add(&mut self, bytes: usize) {
        self.events += 1;
        self.bytes += bytes;
    }

    fn remove(&mut self, bytes: usize) {
        self.events -= 1;
        self.bytes -= bytes;
    }

    fn exceeds(self, limit: Self) -> bool {
        self.events > limit.events || self.bytes > limit.bytes
    }
}

impl EventLimits {
    /// These limits of a session, and in all as much as many sessions use at once.
    pub(crate) fn of_session(events: usize, bytes: usize, age: Duration) -> Self {
        let total = Bound { events: events.saturating_mul(100), bytes: bytes.saturating_mul(16) };
        Self { session: Bound { events, bytes }, total, age }
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

#[derive(Debug, Default)]
struct State {
    sessions: HashMap<Arc<str>, Session>,
    /// What wakes those who wait for a stream's next event.
    bells: HashMap<StreamKey, Weak<Notify>>,
    /// Everything that is kept and some that isn't any more, in the order in which it came.
    order: VecDeque<Turn>,
    /// How many have had their turn.
    turns: u64,
    kept: Bound,
}

/// When something came, and on which stream.
#[derive(Debug)]
struct Turn {
    number: u64,
    time: Duration,
    key: StreamKey,
}

/// What a session has in here.
#[derive(Debug, Default)]
struct Session {
    streams: HashMap<u32, Stream>,
    kept: Bound,
    /// The streams of what is kept, in the order in which it came.
    order: VecDeque<u32>,
}

#[derive(Debug, Default)]
struct Stream {
    /// The number of the last event that was forgotten.
    forgotten: u64,
    /// Each with its turn. The end of a stream of which nothing else is kept has one too: its reader is to learn
    /// of it.
    kept: VecDeque<(u64, Option<Event>)>,
    ended: bool,
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
        Self { shared: Arc::default(), limits, clock }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics under this lock.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self, key: &StreamKey, number: u64) -> Following {
        let mut state = self.state();
        state.forget_old(self.clock.now(), self.limits.age);
        match state.stream(key) {
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
    fn append(&self, key: StreamKey, event: Event) -> Pending<()> {
        let now = self.clock.now();
        let mut state = self.state();
        state.forget_old(now, self.limits.age);
        state.append(key, event, now, self.limits);
        Box::pin(ready(()))
    }

    fn end(&self, key: StreamKey) -> Pending<()> {
        self.state().end(key, self.clock.now(), self.limits);
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

    fn room(&self) -> Bound {
        let Bound { events, bytes } = self.limits.session;
        Bound { events: (events / 2).clamp(1, 64), bytes: bytes / 2 }
    }

    fn forget(&self, session: Arc<str>) -> Pending<()> {
        self.state().forget(&session);
        Box::pin(ready(()))
    }
}

impl State {
    fn stream(&mut self, key: &StreamKey) -> Option<&mut Stream> {
        self.sessions.get_mut(&key.session)?.streams.get_mut(&key.stream)
    }

    fn append(&mut self, key: StreamKey, event: Event, now: Duration, limits: EventLimits) {
        let session = self.sessions.entry(Arc::clone(&key.session)).or_default();
        if !session.streams.entry(key.stream).or_default().ended {
            self.keep(key, Some(event), now, limits);
        }
    }

    fn end(&mut self, key: StreamKey, now: Duration, limits: EventLimits) {
        let session = self.sessions.entry(Arc::clone(&key.session)).or_default();
        let stream = session.streams.entry(key.stream).or_default();
        if std::mem::replace(&mut stream.ended, true) {
            return;
        }
        if stream.kept.is_empty() {
            self.keep(key, None, now, limits);
        } else {
            self.ring(&key);
        }
    }

    /// Keeps an event, or the end of a stream, and lets go of older ones.
    fn keep(&mut self, key: StreamKey, event: Option<Event>, now: Duration, limits: EventLimits) {
        let bytes = size(event.as_ref());
        self.turns += 1;
        let session = self.sessions.entry(Arc::clone(&key.session)).or_default();
        let stream = session.streams.entry(key.stream).or_default();
        stream.kept.push_back((self.turns, event));
        self.kept.add(bytes);
        session.kept.add(bytes);
        session.order.push_back(key.stream);
        // The newest event stays, however large it is: somebody is about to take it.
        while session.kept.exceeds(limits.session) && session.kept.events > 1 {
            let Some(stream) = session.order.pop_front() else { break };
            self.kept.remove(session.forget_first(stream));
        }
        self.ring(&key);
        self.order.push_back(Turn { number: self.turns, time: now, key });
        while self.kept.exceeds(limits.total) && self.kept.events > 1 {
            self.forget_oldest();
        }
        // What sessions have forgotten themselves still stands in the order of all.
        if self.order.len() > 2 * self.kept.events + limits.session.events {
            let sessions = &self.sessions;
            self.order.retain(|turn| {
                let session = sessions.get(&turn.key.session);
                let stream = session.and_then(|session| session.streams.get(&turn.key.stream));
                stream.is_some_and(|stream| stream.keeps(turn.number))
            });
        }
    }

    fn ring(&self, key: &StreamKey) {
        if let Some(bell) = self.bells.get(key).and_then(Weak::upgrade) {
            bell.notify_waiters();
        }
    }

    fn forget_old(&mut self, now: Duration, age: Duration) {
        while self.order.front().is_some_and(|turn| now.saturating_sub(turn.time) > age) {
            self.forget_oldest();
        }
    }

    /// Forgets the oldest of all, if its session hasn't already.
    fn forget_oldest(&mut self) {
        let Some(Turn { number, key, .. }) = self.order.pop_front() else { return };
        let Some(session) = self.sessions.get_mut(&key.session) else { return };
        if session.streams.get(&key.stream).is_some_and(|stream| stream.keeps(number)) {
            if let Some(place) = session.order.iter().position(|stream| *stream == key.stream) {
                session.order.remove(place);
            }
            self.kept.remove(session.forget_first(key.stream));
        }
        if session.streams.is_empty() {
            self.sessions.remove(&key.session);
        }
    }

    fn forget(&mut self, session: &Arc<str>) {
        if let Some(known) = self.sessions.remove(session) {
            self.kept.events -= known.kept.events;
            self.kept.bytes -= known.kept.bytes;
        }
        let bells = self.bells.iter().filter(|(key, _)| key.session == *session);
        bells.filter_map(|(_, bell)| bell.upgrade()).for_each(|bell| bell.notify_waiters());
    }
}

impl Session {
    /// Forgets the first of what is kept of a stream, and the stream with the last of it once it has ended. Gives
    /// its size.
    fn forget_first(&mut self, key: u32) -> usize {
        let Some(stream) = self.streams.get_mut(&key) else { return 0 };
        let event = stream.kept.pop_front().and_then(|(_, event)| event);
        stream.forgotten += u64::from(event.is_some());
        if stream.ended && stream.kept.is_empty() {
            self.streams.remove(&key);
        }
        let bytes = size(event.as_ref());
        self.kept.remove(bytes);
        bytes
    }
}

impl Stream {
    fn after(&self, number: u64) -> Following {
        let Some(skipped) = number.checked_sub(self.forgotten) else { return Following::Gone };
        let events = || self.kept.iter().filter_map(|(_, event)| event.as_ref());
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

    /// Whether what had this turn is kept.
    fn keeps(&self, turn: u64) -> bool {
        self.kept.front().is_some_and(|(first, _)| *first <= turn)
    }
}

fn size(event: Option<&Event>) -> usize {
    event.map_or(0, Event::size)
}
