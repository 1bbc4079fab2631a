//! What a running function says to its client, until the stream that drives the function takes it.
//!
//! A function that says nothing never touches the lock: the driver looks at one atomic flag.

use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Poll, Waker},
};

use futures_util::task::AtomicWaker;
use tokio::task::consume_budget;

use crate::protocol::notification::Notification;

/// How many messages may wait for the client before a speaker has to.
const CAPACITY: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    filled: AtomicBool,
    cancelled: AtomicBool,
    ended: AtomicBool,
    /// The stream that takes the messages.
    driver: AtomicWaker,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    queue: VecDeque<Notification>,
    /// The last progress said: the next must be greater.
    progress: Option<f64>,
    /// Speakers that wait for room, and those who wait for the call's end.
    waiting: Vec<Waker>,
    closed: bool,
}

impl Outbox {
    /// Puts a message in and lets the driver send it, waiting for room when the client is slow.
    ///
    /// Gives up silently when the call is over, and drops progress that isn't greater than the last.
    pub(crate) async fn send(&self, notification: Notification) {
        let mut unsent = Some(notification);
        let mut yielded = false;
        poll_fn(|context| {
            if let Some(notification) = unsent.take() {
                let mut inner = self.lock();
                if inner.queue.len() >= CAPACITY && !inner.closed {
                    inner.wait(context.waker());
                    unsent = Some(notification);
                    return Poll::Pending;
                }
                if !inner.accept(notification) {
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

    /// Whether there is something to take. Costs one load.
    pub(crate) fn is_filled(&self) -> bool {
        self.filled.load(Ordering::Acquire)
    }

    /// Takes everything that waits.
    pub(crate) fn take(&self) -> VecDeque<Notification> {
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

    /// Takes no more messages: nobody reads them.
    pub(crate) fn close(&self) {
        let mut inner = self.lock();
        inner.closed = true;
        let waiting = std::mem::take(&mut inner.waiting);
        drop(inner);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// The call is over: it has its result, or nobody wants one.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
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
        poll_fn(|context| {
            let mut inner = self.lock();
            if self.ended.load(Ordering::Acquire) {
                return Poll::Ready(());
            }
            inner.wait(context.waker());
            Poll::Pending
        })
        .await;
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
    fn accept(&mut self, notification: Notification) -> bool {
        if self.closed {
            return false;
        }
        if let Notification::Progress(said) = &notification {
            let finite = said.done.is_finite() && said.total.is_none_or(f64::is_finite);
            if !finite || self.progress.is_some_and(|last| said.done <= last) {
                return false;
            }
            self.progress = Some(said.done);
        }
        self.queue.push_back(notification);
        true
    }
}
