//! A function between two of its steps.

use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Sleep, sleep};
use tracing::Span;

use super::{Outcome, work::Work};
use crate::{
    ask::Parking,
    call::{Call, Questions, Way},
    clock,
    error::ProtocolError,
};

/// A function that has been called.
pub(super) struct Function {
    work: Work,
    /// In which the function's steps are taken.
    span: Span,
    limit: Option<Limit>,
    /// Set when the function has asked something that it can't wait for.
    parking: Option<Box<Parking>>,
}

/// How a function ended.
pub(super) enum End {
    Given(Result<Outcome, ProtocolError>),
    /// With questions.
    Parked,
    TimedOut(Duration),
    Panicked(Box<dyn Any + Send>),
}

impl Function {
    pub(super) fn new(work: Work, span: Span, limit: Option<Limit>) -> Self {
        Self { work, span, limit, parking: None }
    }

    /// The same, without the limit of a server for calls that say nothing else: a task has another.
    pub(super) fn without_server_limit(mut self) -> Self {
        self.limit = self.limit.filter(|limit| limit.is_own);
        self
    }

    pub(super) fn work(&self) -> &Work {
        &self.work
    }

    /// Lets the function go on until it waits or ends.
    pub(super) fn poll(&mut self, call: &Call, context: &mut Context<'_>) -> Poll<End> {
        if let Poll::Ready(end) = self.poll_work(context) {
            return Poll::Ready(end);
        }
        // Nearly every function asks nothing.
        if let Some(questions) = call.asked()
            && let Poll::Ready(end) = self.poll_asked(questions, context)
        {
            return Poll::Ready(end);
        }
        match &mut self.limit {
            Some(limit) => limit.poll(context).map(|()| End::TimedOut(limit.time)),
            None => Poll::Pending,
        }
    }

    fn poll_work(&mut self, context: &mut Context<'_>) -> Poll<End> {
        let Self { work, span, parking, .. } = self;
        let _entered = span.enter();
        let poll = || match parking {
            None => work.poll(context),
            Some(parking) => work.poll(&mut Context::from_waker(parking.waker(context))),
        };
        match catch_unwind(AssertUnwindSafe(poll)) {
            Ok(poll) => poll.map(End::Given),
            Err(payload) => Poll::Ready(End::Panicked(payload)),
        }
    }

    /// A function that has asked something waits: perhaps for what can't come while it waits.
    fn poll_asked(&mut self, questions: &Questions, context: &mut Context<'_>) -> Poll<End> {
        let parks = questions.way() == Way::Park;
        if let Some(limit) = &mut self.limit {
            limit.stop(!parks && questions.are_open());
        }
        if !parks || !questions.are_open() {
            return Poll::Pending;
        }
        if self.parking.is_none() {
            // Polled once more, with a waker that says who holds it.
            self.parking = Some(Box::new(Parking::new()));
            if let Poll::Ready(end) = self.poll_work(context) {
                return Poll::Ready(end);
            }
        }
        match &mut self.parking {
            Some(parking) => parking.poll_parked(questions, context).map(|()| End::Parked),
            None => Poll::Pending,
        }
    }
}

/// The longest a function may take.
pub(super) struct Limit {
    time: Duration,
    /// The function's own, and not the server's.
    is_own: bool,
    /// Set when the function first waits: a function that only computes needs no timer.
    sleep: Option<Pin<Box<Sleep>>>,
    /// What was left when it began to wait for somebody's answer.
    stopped: Option<Duration>,
}

impl Limit {
    /// The function's own limit, or the server's.
    pub(super) fn new(own: Option<Duration>, server: Duration) -> Self {
        Self { time: own.unwrap_or(server), is_own: own.is_some(), sleep: None, stopped: None }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.stopped.is_some() {
            return Poll::Pending;
        }
        let time = self.time;
        self.sleep.get_or_insert_with(|| Box::pin(sleep(time))).as_mut().poll(context)
    }

    /// The time in which somebody is waited for doesn't count.
    fn stop(&mut self, stopped: bool) {
        match (stopped, self.stopped.take()) {
            (true, None) => {
                self.stopped = Some(self.sleep.take().map_or(self.time, |sleep| clock::left(&sleep)));
            }
            (true, left) => self.stopped = left,
            (false, Some(left)) => self.sleep = Some(Box::pin(sleep(left))),
            (false, None) => {}
        }
    }
}
