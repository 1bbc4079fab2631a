//! A function on its way to its outcome, driven by whoever waits for it.

use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::time::{Sleep, sleep};
use tracing::Span;

use super::{Outcome, work::Work};
use crate::{call::Call, error::ProtocolError, telemetry};

/// A running function. Polled in place: there is no task and no channel behind it. Dropping it before it is
/// done cancels the call.
pub(crate) struct Running {
    work: Work,
    call: Call,
    /// In which the function's steps are taken.
    span: Span,
    limit: Option<Limit>,
    done: bool,
}

struct Limit {
    time: Duration,
    /// Set when the function first waits: a function that only computes needs no timer.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Running {
    pub(super) fn new(work: Work, (call, span): (Call, Span), limit: Option<Duration>) -> Self {
        let limit = limit.map(|time| Limit { time, sleep: None });
        Self { work, call, span, limit, done: false }
    }

    /// The call, for what it says meanwhile.
    pub(crate) fn call(&self) -> &Call {
        &self.call
    }

    fn advance(&mut self, context: &mut Context<'_>) -> Poll<End> {
        let work = &mut self.work;
        let _entered = self.span.enter();
        match catch_unwind(AssertUnwindSafe(|| work.poll(context))) {
            Ok(Poll::Ready(outcome)) => Poll::Ready(End::Given(outcome)),
            Err(payload) => Poll::Ready(End::Panicked(payload)),
            Ok(Poll::Pending) => match &mut self.limit {
                Some(limit) => limit.poll(context).map(|()| End::TimedOut(limit.time)),
                None => Poll::Pending,
            },
        }
    }
}

/// How a function ended.
enum End {
    Given(Result<Outcome, ProtocolError>),
    TimedOut(Duration),
    Panicked(Box<dyn Any + Send>),
}

impl Limit {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let time = self.time;
        self.sleep.get_or_insert_with(|| Box::pin(sleep(time))).as_mut().poll(context)
    }
}

impl Future for Running {
    type Output = Result<Outcome, ProtocolError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let end = ready!(self.advance(context));
        self.done = true;
        // What the function started elsewhere learns that nobody waits for it any more.
        match &end {
            // Which is nobody, mostly, and then no lock is taken.
            End::Given(_) if !self.call.is_shared() => {}
            End::Given(_) => self.call.outbox().end(),
            End::TimedOut(_) | End::Panicked(_) => self.call.outbox().cancel(),
        }
        Poll::Ready(match end {
            End::Given(outcome) => outcome,
            End::TimedOut(time) => self.work.timed_out(time),
            End::Panicked(payload) => {
                Err(ProtocolError::Internal { reference: telemetry::panicked(self.work.name(), &*payload) })
            }
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.done {
            self.call.outbox().cancel();
        }
    }
}
