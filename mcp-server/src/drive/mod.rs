//! Drives what runs: a call to its outcome, a stream to its end, a connection's messages to their answers.
//!
//! Takes messages with what arrived with them, gives texts to send. Knows nothing of HTTP, and of how texts are
//! framed.

mod hearing;
mod later;
mod steps;
mod talk;
mod telling;

use std::fmt;

use arc_swap::ArcSwap;
pub(crate) use hearing::Hearing;
pub(crate) use steps::{Step, Steps};
pub(crate) use talk::{MOST_BATCHED, MOST_UNWRITTEN, Talk, array, refused};
pub(crate) use telling::{Told, messages, tell};
use tokio::sync::watch;

use crate::{catalog::Offer, dispatch::Desk, era::Eras, quota::Quota};

/// Everything that answers messages.
pub(crate) struct Engine {
    pub(crate) eras: Eras,
    pub(crate) desk: Desk,
    /// What is offered now.
    pub(crate) offer: ArcSwap<Offer>,
    /// The calls of sessions that go on without their client.
    pub(crate) orphans: Quota,
    stopping: watch::Sender<bool>,
}

/// How many calls of sessions may go on at once after their clients have gone, in all and of one principal.
pub(crate) const MOST_ORPHANS: usize = 256;
pub(crate) const MOST_ORPHANS_EACH: usize = 64;

impl Engine {
    pub(crate) fn new(eras: Eras, desk: Desk, offer: Offer) -> Self {
        Self {
            eras,
            desk,
            offer: ArcSwap::from_pointee(offer),
            orphans: Quota::new(MOST_ORPHANS, MOST_ORPHANS_EACH),
            stopping: watch::Sender::new(false),
        }
    }

    /// Ends what never ends by itself: the streams of those who listen.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
        self.eras.sessions.end_own_streams();
    }

    pub(crate) fn has_stopped(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Resolves when the server stops.
    pub(crate) fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stopping = self.stopping.subscribe();
        async move {
            // A server that is gone has stopped too.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("eras", &self.eras).finish_non_exhaustive()
    }
}
