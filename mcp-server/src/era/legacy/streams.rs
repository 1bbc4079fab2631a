//! The streams of a session, and who reads them.
//!
//! Each has a number: 0 is the session's own, which a client opens by `GET`; the others are answers to requests. An
//! event's id is its stream's number and its own, as in `3-17`. A stream has one reader: whoever tunes in to it
//! takes it from whoever read it before, as a client does that has lost its connection without the server noticing.
//!
//! Source: [Resumability](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#resumability-and-redelivery).

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use futures_util::task::AtomicWaker;

use super::Session;
use crate::{
    call::Call,
    cluster::StreamKey,
    quota::{Amount, Permit},
};

/// The number of a session's own stream.
pub(super) const OWN: u32 = 0;

/// The streams of a session.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    /// How many requests were answered by a stream.
    answers: u32,
    /// How many events the session's own stream has had.
    own_events: u64,
    readers: Vec<(u32, Arc<Seat>)>,
    /// The calls that are told of on a stream.
    told: Vec<Told>,
}

/// A call on its stream.
#[derive(Debug)]
struct Told {
    stream: u32,
    calls: Vec<Call>,
    /// Held while nobody reads the stream.
    orphan: Option<Permit>,
}

/// A reader's place.
#[derive(Debug, Default)]
struct Seat {
    lost: AtomicBool,
    waker: AtomicWaker,
    /// The number of the last event that was heard.
    heard: AtomicU64,
    /// Waits for this reader.
    teller: AtomicWaker,
}

impl Seat {
    fn lose(&self) {
        self.lost.store(true, Ordering::Release);
        self.waker.wake();
        self.teller.wake();
    }
}

impl Streams {
    pub(super) fn are_unread(&self) -> bool {
        self.readers.is_empty() && self.told.is_empty()
    }

    pub(super) fn hang_up(&mut self) {
        self.readers.drain(..).for_each(|(_, seat)| seat.lose());
    }

    /// Ends the stream that never ends by itself.
    pub(super) fn end_own(&mut self) {
        self.stand_up(OWN, None).into_iter().for_each(|seat| seat.lose());
    }

    fn sit_down(&mut self, stream: u32, heard: u64) -> Arc<Seat> {
        self.stand_up(stream, None).into_iter().for_each(|seat| seat.lose());
        self.told.iter_mut().filter(|told| told.stream == stream).for_each(|told| told.orphan = None);
        let seat = Arc::new(Seat { heard: heard.into(), ..Seat::default() });
        self.readers.push((stream, Arc::clone(&seat)));
        seat
    }

    /// Takes a stream's reader away, if it is this one or any.
    fn stand_up(&mut self, stream: u32, only: Option<&Arc<Seat>>) -> Option<Arc<Seat>> {
        let is_meant = |(number, seat): &(u32, Arc<Seat>)| {
            *number == stream && only.is_none_or(|only| Arc::ptr_eq(only, seat))
        };
        let place = self.readers.iter().position(is_meant)?;
        Some(self.readers.swap_remove(place).1)
    }

    fn reader(&self, stream: u32) -> Option<&Arc<Seat>> {
        self.readers.iter().find(|(number, _)| *number == stream).map(|(_, seat)| seat)
    }
}

impl Session {
    /// Opens a stream on which these calls are told of, until what is given back is dropped, and reads it.
    pub(crate) fn tell(self: &Arc<Self>, calls: Vec<Call>) -> (Teller, Reader) {
        let mut streams = self.streams();
        streams.answers = streams.answers.wrapping_add(1).max(OWN + 1);
        let stream = streams.answers;
        streams.told.push(Told { stream, calls, orphan: None });
        drop(streams);
        let reader = self.tune_in(stream, 0);
        (Teller { session: Arc::clone(self), stream, told: 0, unheard: VecDeque::new() }, reader)
    }

    /// Reads the session's own stream from now on.
    pub(super) fn tune_in_now(self: &Arc<Self>) -> (Reader, u64) {
        let reader = self.tune_in(OWN, 0);
        // Whoever read it before counts no more.
        let number = self.streams().own_events;
        (reader, number)
    }

    /// The place that an event's id names, if it is one of a stream that there was.
    pub(super) fn place(&self, event: &str) -> Option<Place> {
        let (stream, number) = event.split_once('-')?;
        let plain = |text: &str| {
            text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'))
        };
        if !plain(stream) || !plain(number) {
            return None;
        }
        let (stream, number) = (stream.parse().ok()?, number.parse().ok()?);
        let streams = self.streams();
        let known = if stream == OWN { number <= streams.own_events } else { stream <= streams.answers };
        let goes_on = stream == OWN || streams.told.iter().any(|told| told.stream == stream);
        known.then_some(Place { stream, number, goes_on })
    }

    /// What the store of events calls a stream.
    pub(super) fn key(&self, stream: u32) -> StreamKey {
        StreamKey { session: Arc::clone(self.id()), stream }
    }

    /// Reads a stream, of which everything up to this number was heard.
    pub(super) fn tune_in(self: &Arc<Self>, stream: u32, number: u64) -> Reader {
        let seat = self.streams().sit_down(stream, number);
        // Also one that has ended since its session was found.
        if self.has_ended() {
            self.streams().hang_up();
        }
        Reader { session: Arc::clone(self), stream, seat }
    }
}

/// A place in a stream of a session.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) stream: u32,
    /// Of the event before it; 0 is the beginning.
    pub(super) number: u64,
    /// Whether the stream had not ended yet.
    pub(super) goes_on: bool,
}

impl Place {
    /// Whether it is in the session's own stream.
    pub(super) fn is_own(&self) -> bool {
        self.stream == OWN
    }
}

/// Whoever reads a stream, until this is dropped.
#[derive(Debug)]
pub(crate) struct Reader {
    session: Arc<Session>,
    stream: u32,
    seat: Arc<Seat>,
}

impl Reader {
    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    pub(crate) fn key(&self) -> StreamKey {
        self.session.key(self.stream)
    }

    /// Whether this is the session's own stream.
    pub(crate) fn is_own(&self) -> bool {
        self.stream == OWN
    }

    /// Counts an event of the session's own stream.
    pub(crate) fn count_own(&self) {
        self.session.streams().own_events += 1;
    }

    /// The id of an event of this stream.
    pub(crate) fn event_id(&self, number: u64) -> String {
        format!("{}-{number}", self.stream)
    }

    /// Everything up to this event was heard.
    pub(crate) fn heard(&self, number: u64) {
        self.seat.heard.store(number, Ordering::Release);
        self.seat.teller.wake();
    }

    /// Resolves when somebody else reads the stream, or when the session has ended.
    pub(crate) fn poll_lost(&self, context: &mut Context<'_>) -> Poll<()> {
        self.seat.waker.register(context.waker());
        if self.seat.lost.load(Ordering::Acquire) { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Nobody reads any more. The stream's calls go on if there is a permit for it, else they end.
    pub(crate) fn leave(&self, permit: impl FnOnce() -> Option<Permit>) {
        let mut streams = self.session.streams();
        if streams.stand_up(self.stream, Some(&self.seat)).is_none() {
            return;
        }
        self.seat.lose();
        let Some(told) = streams.told.iter_mut().find(|told| told.stream == self.stream) else { return };
        told.orphan = permit();
        let cancelled = if told.orphan.is_none() { told.calls.clone() } else { Vec::new() };
        drop(streams);
        for call in cancelled {
            call.cancel();
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.leave(|| None);
        self.session.stir();
    }
}

/// Whoever tells of calls on a stream, until this is dropped.
#[derive(Debug)]
pub(crate) struct Teller {
    session: Arc<Session>,
    stream: u32,
    /// How many events were told.
    told: u64,
    /// The sizes of the last of them, as far as they may not have been heard.
    unheard: VecDeque<usize>,
}

impl Teller {
    pub(crate) fn key(&self) -> StreamKey {
        self.session.key(self.stream)
    }

    /// Counts an event of this size.
    pub(crate) fn count(&mut self, bytes: usize) {
        self.told += 1;
        self.unheard.push_back(bytes);
    }

    /// Waits for a reader that is far behind until there is room for an event of this size: what it hasn't heard must
    /// not be forgotten because of what it hasn't heard yet. Nobody waits for a reader that isn't there.
    pub(crate) fn poll_room(&mut self, bytes: usize, room: Amount, context: &mut Context<'_>) -> Poll<()> {
        let Some(seat) = self.session.streams().reader(self.stream).cloned() else {
            self.unheard.clear();
            return Poll::Ready(());
        };
        if self.has_room(&seat, bytes, room) {
            return Poll::Ready(());
        }
        seat.teller.register(context.waker());
        // Looked at once more, for what was heard before anybody waited for it.
        if self.has_room(&seat, bytes, room) { Poll::Ready(()) } else { Poll::Pending }
    }

    fn has_room(&mut self, seat: &Seat, bytes: usize, room: Amount) -> bool {
        let heard = seat.heard.load(Ordering::Acquire);
        while self.told.saturating_sub(self.unheard.len() as u64) < heard && !self.unheard.is_empty() {
            self.unheard.pop_front();
        }
        let waiting: usize = self.unheard.iter().sum();
        seat.lost.load(Ordering::Acquire)
            || self.unheard.is_empty()
            || (self.unheard.len() < room.entries && waiting + bytes <= room.bytes)
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        let mut streams = self.session.streams();
        streams.told.retain(|told| told.stream != self.stream);
        drop(streams);
        self.session.stir();
    }
}
