//! What a running function says to its client, until the stream that drives the function takes it.
//!
//! A function that says nothing never touches the lock: the driver looks at one atomic flag.

use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use futures_util::task::AtomicWaker;
use tokio::task::consume_budget;

use super::Question;
use crate::protocol::notification::{Notification, Progress};

/// How many messages may wait for the client before a speaker has to.
const CAPACITY: usize = 64;

/// How many progress messages may follow each other at once, and how many a second in the long run.
const PROGRESS_BURST: u32 = 50;

/// What a running function says.
#[derive(Debug, Clone)]
pub(crate) enum Said {
    /// Something for the client.
    Notification(Notification),
    /// Something that the client is to answer. Sessions only.
    Question(Arc<Question>),
    /// What the client needs to answer no more. Sessions only.
    Withdrawn(Arc<Question>),
    /// The client is to let its connection go, and to come back after this time.
    Pause(Duration),
}

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    filled: AtomicBool,
    cancelled: AtomicBool,
    ended: AtomicBool,
    nudged: AtomicBool,
    /// The stream that takes the messages.
    driver: AtomicWaker,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    queue: VecDeque<Said>,
    progress: Pace,
    /// Speakers that wait for room, and those who wait for the call's end.
    waiting: Vec<Waker>,
    closed: bool,
}

impl Outbox {
    /// Puts a message in and lets the driver send it, waiting for room when the client is slow.
    ///
    /// Gives up silently when the call is over, and drops progress that isn't greater than the last, or that comes
    /// too fast. `now` is the clock's.
    pub(crate) async fn send(&self, said: Said, now: Duration) {
        let mut unsent = Some(said);
        let mut yielded = false;
        poll_fn(|context| {
            if let Some(said) = unsent.take() {
                let mut inner = self.lock();
                if inner.queue.len() >= CAPACITY && !inner.closed {
                    inner.wait(context.waker());
                    unsent = Some(said);
                    return Poll::Pending;
                }
                if !inner.accept(said, now) {
                    return Poll::Ready(());
                }
                self.filled.store(true, Ordering::Release);
                drop(inner);
                self.driver.wake();
            }
            if yielded {
                return Poll::Ready(());
            }
            // Pending once, so that a function that only computes still lets its message go out.
            yielded = true;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        // Also a message that isn't taken is a chance for others to run.
        consume_budget().await;
    }

    /// Puts a message in without waiting for room. For what is said seldom and can't wait.
    pub(crate) fn push(&self, said: Said) {
        let mut inner = self.lock();
        if !inner.closed {
            inner.queue.push_back(said);
            self.filled.store(true, Ordering::Release);
            drop(inner);
            self.driver.wake();
        }
    }

    /// Whether there is something to take. Costs one load.
    pub(crate) fn is_filled(&self) -> bool {
        self.filled.load(Ordering::Acquire)
    }

    /// Takes everything that waits.
    pub(crate) fn take(&self) -> VecDeque<Said> {
        let mut inner = self.lock();
        self.filled.store(false, Ordering::Release);
        let waiting = std::mem::take(&mut inner.waiting);
        let queue = std::mem::take(&mut inner.queue);
        drop(inner);
        waiting.into_iter().for_each(Waker::wake);
        queue
    }

    /// Has the driver woken when something is said.
    pub(crate) fn listen(&self, driver: &Waker) {
        self.driver.register(driver);
    }

    /// Has the driver look at the function once more: what it asks has changed, perhaps without the function's own waker.
    pub(crate) fn nudge(&self) {
        self.nudged.store(true, Ordering::Release);
        self.driver.wake();
    }

    /// Whether the driver was to look once more since it was last asked this.
    pub(crate) fn was_nudged(&self) -> bool {
        self.nudged.load(Ordering::Acquire) && self.nudged.swap(false, Ordering::AcqRel)
    }

    /// Takes no more messages: nobody reads them.
    pub(crate) fn close(&self) {
        let mut inner = self.lock();
        inner.closed = true;
        let waiting = std::mem::take(&mut inner.waiting);
        drop(inner);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Whether nobody reads messages any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Whether the call is over, one way or the other.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// The call is over: it has its result, or nobody wants one.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::SeqCst);
        self.close();
    }

    /// Tells whoever waits that the client has gone, or doesn't want the call any more.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
        self.end();
        self.driver.wake();
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// Resolves when the call is over, one way or the other.
    pub(crate) async fn over(&self) {
        poll_fn(|context| self.poll_over(context)).await;
    }

    /// As [`over`](Self::over), for whoever waits for something else too.
    pub(crate) fn poll_over(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut inner = self.lock();
        if self.ended.load(Ordering::Acquire) {
            return Poll::Ready(());
        }
        inner.wait(context.waker());
        Poll::Pending
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing panics under this lock, and a queue is whole at every step.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn wait(&mut self, waker: &Waker) {
        if !self.waiting.iter().any(|known| known.will_wake(waker)) {
            self.waiting.push(waker.clone());
        }
    }

    /// Queues a message, unless it is too late for it or it isn't progress.
    fn accept(&mut self, said: Said, now: Duration) -> bool {
        if self.closed {
            return false;
        }
        if let Said::Notification(Notification::Progress(progress)) = &said
            && !self.progress.lets(progress, now)
        {
            return false;
        }
        self.queue.push_back(said);
        true
    }
}

/// Progress grows, and comes no faster than a person can look at it.
#[derive(Debug)]
struct Pace {
    /// The last that was said: the next must be greater.
    last: Option<f64>,
    /// How many may still be said at once.
    left: u32,
    /// Up to when `left` has been reckoned.
    reckoned: Option<Duration>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { last: None, left: PROGRESS_BURST, reckoned: None }
    }
}

impl Pace {
    fn lets(&mut self, progress: &Progress, now: Duration) -> bool {
        let finite = progress.done.is_finite() && progress.total.is_none_or(f64::is_finite);
        if !finite || self.last.is_some_and(|last| progress.done <= last) {
            return false;
        }
        self.refill(now);
        // The end is always worth a message.
        let is_end = progress.total.is_some_and(|total| progress.done >= total);
        if self.left == 0 && !is_end {
            return false;
        }
        self.left = self.left.saturating_sub(1);
        self.last = Some(progress.done);
        true
    }

    fn refill(&mut self, now: Duration) {
        let each = Duration::from_secs(1) / PROGRESS_BURST;
        let since = now.saturating_sub(*self.reckoned.get_or_insert(now));
        let more = u32::try_from(since.as_micros() / each.as_micros()).unwrap_or(u32::MAX);
        if more > 0 {
            self.left = self.left.saturating_add(more).min(PROGRESS_BURST);
            self.reckoned = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::notification::ProgressToken;

    fn progress(done: f64, total: Option<f64>) -> Progress {
        Progress { token: ProgressToken::Text("t".into()), done, total, message: None }
    }

    #[test]
    fn progress_grows() {
        let mut pace = Pace::default();
        let said = [1.0, 1.0, 0.5, f64::NAN, 2.0, f64::INFINITY];
        let let_through = said.map(|done| pace.lets(&progress(done, None), Duration::ZERO));
        assert_eq!(let_through, [true, false, false, false, true, false]);
        assert!(!pace.lets(&progress(3.0, Some(f64::NAN)), Duration::ZERO));
    }

    #[test]
    fn progress_comes_no_faster_than_it_may_but_its_end_always() {
        let mut pace = Pace::default();
        let passed = (1..=1_000).filter(|done| pace.lets(&progress(f64::from(*done), None), Duration::ZERO));
        assert_eq!(passed.count(), PROGRESS_BURST as usize);
        assert!(pace.lets(&progress(1_001.0, Some(1_001.0)), Duration::ZERO));
        assert!(!pace.lets(&progress(1_002.0, None), Duration::from_millis(19)));
        assert!(pace.lets(&progress(1_003.0, None), Duration::from_millis(20)));
        assert!(!pace.lets(&progress(1_004.0, None), Duration::from_millis(39)));
    }
}
