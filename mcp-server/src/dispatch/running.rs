//! A function on its way to its outcome, driven by whoever waits for it.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tracing::Span;

use super::{
    Outcome,
    function::{End, Function, Limit},
    rounds::{self, Kept},
    tasks::Becoming,
    work::Work,
};
use crate::{call::Call, catalog::BoxFuture, error::ProtocolError, telemetry};

/// A running function. Polled in place: there is no task and no channel behind it. Dropping it before it is
/// done cancels the call.
pub(crate) struct Running {
    /// Taken out when it goes on elsewhere.
    function: Option<Function>,
    call: Call,
    /// What is needed to end with questions.
    kept: Option<Box<Kept>>,
    /// How it becomes a task.
    becoming: Option<Box<Becoming>>,
    done: bool,
    /// It goes on as a task, which holds the call's permits.
    is_moved: bool,
}

impl Running {
    pub(super) fn new(
        work: Work,
        (call, span): (Call, Span),
        limit: Option<Limit>,
        kept: Option<Box<Kept>>,
    ) -> Self {
        let function = Some(Function::new(work, span, limit));
        Self { function, call, kept, becoming: None, done: false, is_moved: false }
    }

    /// Something that is looked up.
    pub(super) fn stored(
        call: Call,
        method: &'static str,
        future: BoxFuture<Result<Outcome, ProtocolError>>,
    ) -> Self {
        Self::new(Work::Stored(method, future), (call, Span::none()), None, None)
    }

    /// The same, on its way to being a task.
    pub(super) fn becoming(mut self, becoming: Becoming) -> Self {
        self.becoming = Some(Box::new(becoming));
        self
    }

    /// The call, for what it says meanwhile.
    pub(crate) fn call(&self) -> &Call {
        &self.call
    }

    /// Creates the task that it is to become, now that it is due.
    fn poll_task(&mut self, context: &mut Context<'_>) -> Poll<Result<Outcome, ProtocolError>> {
        let Some(becoming) = &mut self.becoming else { return Poll::Pending };
        let created = ready!(becoming.poll_create(&self.call, context));
        self.done = true;
        let task = match created {
            Ok(task) => task,
            Err(error) => {
                self.call.cancel();
                return Poll::Ready(Err(error));
            }
        };
        if let (Some(becoming), Some(function)) = (self.becoming.take(), self.function.take()) {
            let call = self.call.clone();
            let function = Some(function.without_server_limit());
            self.is_moved = true;
            let running = Self { function, call, kept: None, becoming: None, done: false, is_moved: false };
            becoming.detach(&task.id, running);
        }
        Poll::Ready(Ok(Outcome::Task { task: Box::new(task), is_new: true }))
    }

    fn is_due(&self) -> bool {
        self.becoming.as_ref().is_some_and(|becoming| becoming.is_due(&self.call))
    }

    fn outcome(&self, function: &Function, end: End) -> Result<Outcome, ProtocolError> {
        match end {
            End::Given(outcome) => outcome,
            End::Parked => rounds::parked(&self.call, function.work(), self.kept.as_deref()),
            End::TimedOut(time) => {
                self.call.cancel();
                function.work().timed_out(time)
            }
            End::Panicked(payload) => {
                self.call.cancel();
                let reference = telemetry::panicked(function.work().name(), &*payload);
                Err(ProtocolError::Internal { reference })
            }
        }
    }
}

impl Future for Running {
    type Output = Result<Outcome, ProtocolError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if this.is_due() {
            return this.poll_task(context);
        }
        let Some(function) = &mut this.function else { return Poll::Pending };
        let Poll::Ready(end) = function.poll(&this.call, context) else {
            // It may have come to where it becomes a task.
            return if this.is_due() { this.poll_task(context) } else { Poll::Pending };
        };
        this.done = true;
        let outcome = this.function.as_ref().map(|function| this.outcome(function, end));
        // What the function started elsewhere learns that nobody waits for it any more. Which is nobody, mostly, and
        // then no lock is taken.
        if this.call.is_shared() {
            this.call.end();
        }
        outcome.map_or(Poll::Pending, Poll::Ready)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.done {
            self.call.cancel();
        }
        // After the function, which holds what it works on.
        self.function = None;
        if !self.is_moved {
            self.call.release_permit();
        }
    }
}
