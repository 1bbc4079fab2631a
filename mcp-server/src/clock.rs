//! Time as an argument: everything that expires asks a clock that a test can move.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use tokio::time::Sleep;

/// What a clock that is moved by hand shows at first: 2026-07-28, 0:00 UTC.
const BEGINNING: Duration = Duration::from_hours(20_662 * 24);

/// What time it is.
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

    /// The time since the clock began. Only goes forward, and means nothing to anybody else.
    pub fn now(&self) -> Duration {
        match &self.0 {
            Source::System(start) => start.elapsed(),
            Source::Hand(hand) => Duration::from_millis(hand.0.load(Ordering::Relaxed)),
        }
    }

    /// The time since 1970 in UTC, as others see it too: for what outlasts the process or is read elsewhere. It may
    /// jump, when somebody sets the system's clock. A clock by hand begins on 2026-07-28.
    pub fn wall(&self) -> Duration {
        match &self.0 {
            Source::System(_) => SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
            Source::Hand(_) => BEGINNING + self.now(),
        }
    }
}

/// Says whether a line of the log is due: one in each interval, however often there is a reason for it.
#[derive(Debug)]
pub(crate) struct Seldom {
    each: Duration,
    state: Mutex<(Option<Duration>, usize)>,
}

impl Seldom {
    pub(crate) fn new(each: Duration) -> Self {
        Self { each, state: Mutex::default() }
    }

    /// How many weren't due since the last one that was, if this one is.
    pub(crate) fn due(&self, now: Duration) -> Option<usize> {
        // Nothing panics under this lock.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, unsaid) = &mut *state;
        if last.is_some_and(|last| now < last + self.each) {
            *unsaid = unsaid.saturating_add(1);
            return None;
        }
        *last = Some(now);
        Some(std::mem::take(unsaid))
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

/// How long a sleep goes on, by the time that it is measured in.
pub(crate) fn left(sleep: &Sleep) -> Duration {
    sleep.deadline().saturating_duration_since(tokio::time::Instant::now())
}

/// A time since 1970 in UTC, as ISO 8601 has it (RFC 3339): `2026-07-28T00:00:00.000Z`.
pub(crate) fn iso_8601(since: Duration) -> String {
    humantime::format_rfc3339_millis(UNIX_EPOCH + since).to_string()
}

/// A duration in whole milliseconds, as far as they fit: half a billion years.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_moves_both_times() {
        let (clock, hand) = Clock::by_hand();
        assert_eq!((clock.now(), clock.wall()), (Duration::ZERO, BEGINNING));
        hand.advance(Duration::from_millis(1_500));
        assert_eq!(clock.now(), Duration::from_millis(1_500));
        assert_eq!(clock.wall(), BEGINNING + Duration::from_millis(1_500));
    }

    #[test]
    fn a_line_is_due_once_in_its_interval_and_counts_those_that_were_not() {
        let seldom = Seldom::new(Duration::from_mins(1));
        let at = |seconds| seldom.due(Duration::from_secs(seconds));
        assert_eq!(at(0), Some(0), "the first is due at any time");
        assert_eq!((at(1), at(59)), (None, None));
        assert_eq!(at(60), Some(2));
        assert_eq!((at(119), at(1_000)), (None, Some(1)));
    }

    #[test]
    fn the_systems_wall_time_is_everybodys() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let written = file.path().metadata().unwrap().modified().unwrap().duration_since(UNIX_EPOCH).unwrap();
        assert!(Clock::system().wall().abs_diff(written) < Duration::from_mins(1));
    }
}
