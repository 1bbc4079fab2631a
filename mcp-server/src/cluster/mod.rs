//! What crosses nodes: changes that listeners are told of, and what the streams of sessions have said.
//!
//! Takes changes and events, gives them to whoever listens, in order. Knows nothing of calls, of sessions beyond
//! their ids, or of the wire.

mod changes;
#[cfg(test)]
mod contract;
mod memory;

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
pub(crate) use changes::{Change, Changes, Interest, Listener, TooMuch};
pub(crate) use memory::{Bound, EventLimits, Memory};

/// One stream of one session.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct StreamKey {
    pub(crate) session: Arc<str>,
    pub(crate) stream: u32,
}

/// Something on a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// A message for the client.
    Message(Bytes),
    /// The client is to ask again, after this time.
    Pause(Duration),
}

impl Event {
    /// How much room it takes, in bytes.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Message(text) => text.len(),
            Self::Pause(_) => 0,
        }
    }
}

/// What follows a place in a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Following {
    /// Events with their numbers, at least one.
    Events(Vec<(u64, Event)>),
    /// Nothing yet.
    Nothing,
    /// Nothing will follow.
    End,
    /// Something followed, and isn't there any more.
    Gone,
    /// There has been no event of this number.
    Unknown,
}

/// A future of what a store gives.
pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What the streams of sessions have said, so that a client that lost its connection can be told the rest.
///
/// * The events of a stream have the numbers 1, 2, 3, .. in the order in which they were appended.
/// * [`after`](Events::after) gives every event that follows a number, each once, in order.
/// * [`news`](Events::news) resolves when there is something else to be had than nothing.
/// * A stream that has ended gives what is left of it, then [`Following::End`]. Nothing can be appended to it.
/// * An event may be forgotten, the oldest first. Whoever asks for what follows a number then is told so, and never
///   gets a later event without the one before.
/// * Streams know nothing of each other.
pub(crate) trait Events: fmt::Debug + Send + Sync {
    /// Adds an event to a stream, which begins with its first.
    fn append(&self, key: StreamKey, event: Event) -> Pending<()>;

    /// Ends a stream.
    fn end(&self, key: StreamKey) -> Pending<()>;

    /// What follows the event of this number now; 0 is the beginning.
    fn after(&self, key: StreamKey, number: u64) -> Pending<Following>;

    /// Waits until something follows the event of this number, or nothing will.
    fn news(&self, key: StreamKey, number: u64) -> Pending<()>;

    /// How much of one stream may wait to be heard while more is appended: what a connected reader hasn't heard yet must
    /// not be forgotten because of what follows it.
    fn room(&self) -> Bound;

    /// Forgets the streams of a session, and ends them.
    fn forget(&self, session: Arc<str>) -> Pending<()>;
}
