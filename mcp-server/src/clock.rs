//! Time as an argument: everything that expires asks a clock that a test can move.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// A clock that only goes forward.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System(Instant),
    Hand(Hand),
}

impl Clock {
    /// The system's clock, counted from now.
    pub fn system() -> Self {
        Self(Source::System(Instant::now()))
    }

    /// A clock that stands still, and the hand that moves it.
    pub fn by_hand() -> (Self, Hand) {
        let hand = Hand(Arc::new(AtomicU64::new(0)));
        (Self(Source::Hand(hand.clone())), hand)
    }

    /// The time since the clock began.
    pub fn now(&self) -> Duration {
        match &self.0 {
            Source::System(start) => start.elapsed(),
            Source::Hand(hand) => Duration::from_millis(hand.0.load(Ordering::Relaxed)),
        }
    }
}

/// What moves a clock that stands still.
#[derive(Debug, Clone)]
pub struct Hand(Arc<AtomicU64>);

impl Hand {
    /// Lets time pass, in whole milliseconds.
    pub fn advance(&self, time: Duration) {
        self.0.fetch_add(millis(time), Ordering::Relaxed);
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

/// A duration in whole milliseconds, as far as they fit: half a billion years.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
