//! A running function, and whoever speaks for it.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use crate::{
    call::{Call, Outbox, Said},
    dispatch::{Outcome, Running},
    era::{Listing, Response, Speaker},
    error::ProtocolError,
    scope::ScopeSet,
};

/// A running function and whoever speaks for it, to be driven step by step from whatever waits for it.
pub(crate) struct Steps {
    /// Taken out when it is done.
    running: Option<Running>,
    speaker: Speaker,
    /// Set from the function's first wait on, in a session; of an array of messages, from the beginning.
    listing: Option<Listing>,
}

/// What happened at a step.
pub(crate) enum Step {
    /// There are notifications to send.
    Said,
    /// The client has gone, or has cancelled.
    Left,
    /// This is the outcome.
    Done(Result<Outcome, ProtocolError>),
}

impl Steps {
    pub(crate) fn new(running: Running, speaker: Speaker) -> Self {
        let listing = speaker.list_early(running.call());
        Self { running: Some(running), speaker, listing }
    }

    pub(crate) fn speaker(&self) -> &Speaker {
        &self.speaker
    }

    /// The call, until it is done.
    pub(crate) fn call(&self) -> Option<&Call> {
        self.running.as_ref().map(Running::call)
    }

    /// The scopes that the call needed; none of them when it is done.
    pub(crate) fn need(&self) -> ScopeSet {
        self.call().map(|call| call.facts().need).unwrap_or_default()
    }

    /// Lets the function go on until it waits, says something, or is done.
    pub(crate) fn step(&mut self, context: &mut Context<'_>) -> Poll<Step> {
        let Some(running) = &mut self.running else { return Poll::Pending };
        if running.call().outbox().is_cancelled() {
            return Poll::Ready(Step::Left);
        }
        // What was said goes out first: the function's next step may be long.
        if running.call().outbox().is_filled() {
            return Poll::Ready(Step::Said);
        }
        if let Poll::Ready(outcome) = Pin::new(&mut *running).poll(context) {
            return Poll::Ready(Step::Done(outcome));
        }
        if self.listing.is_none() {
            self.listing = self.speaker.list(running.call());
        }
        let outbox = running.call().outbox();
        outbox.listen(context.waker());
        // Looked at once more, for what came before anybody listened.
        if outbox.is_cancelled() {
            return Poll::Ready(Step::Left);
        }
        if outbox.was_nudged() {
            context.waker().wake_by_ref();
        }
        if outbox.is_filled() { Poll::Ready(Step::Said) } else { Poll::Pending }
    }

    /// What the function has said since the last time.
    pub(crate) fn said(&self) -> impl Iterator<Item = Said> {
        let outbox = self.call().map(Call::outbox);
        outbox.filter(|outbox| outbox.is_filled()).map(Outbox::take).into_iter().flatten()
    }

    /// The response, after the last step.
    pub(crate) fn finish(&mut self, outcome: &Result<Outcome, ProtocolError>) -> Response {
        self.running = None;
        self.speaker.response(outcome)
    }
}
