//! Drives a running function from whatever waits for it: the request at first, then the response's body.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::{runtime::Handle, sync::Semaphore};

use super::peer::Peer;
use crate::{
    call::{Outbox, Outcome},
    dispatch::Running,
    era::{Listing, Response, Speaker},
    error::ProtocolError,
    protocol::notification::Notification,
};

/// A running function and whoever speaks for it.
pub(super) struct Drive {
    /// Taken out when it is done.
    running: Option<Running>,
    speaker: Speaker,
    orphans: Arc<Semaphore>,
    client: Client,
    /// Set from the function's first wait on, in a session.
    listing: Option<Listing>,
}

/// The client of a call, as far as it can be watched.
enum Client {
    Unwatched,
    /// Watched from the function's first wait on: one that only computes needs nobody to look.
    Unasked(Peer),
    Watched(Pin<Box<dyn Future<Output = ()> + Send>>),
}

/// What happened at a step.
pub(super) enum Step {
    /// There are notifications to send.
    Said,
    /// The client has gone, or has cancelled.
    Left,
    /// This is the outcome.
    Done(Result<Outcome, ProtocolError>),
}

impl Drive {
    /// `orphans` has a permit for each call that may go on without its client.
    pub(super) fn new(
        running: Running,
        speaker: Speaker,
        orphans: &Arc<Semaphore>,
        peer: Option<Peer>,
    ) -> Self {
        let client = peer.map_or(Client::Unwatched, Client::Unasked);
        Self { running: Some(running), speaker, orphans: Arc::clone(orphans), client, listing: None }
    }

    /// Lets the function go on until it waits, says something, or is done.
    pub(super) fn step(&mut self, context: &mut Context<'_>) -> Poll<Step> {
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
        if outbox.is_filled() {
            return Poll::Ready(Step::Said);
        }
        self.client.poll_left(context).map(|()| Step::Left)
    }

    /// What the function has said since the last time.
    pub(super) fn said(&self) -> impl Iterator<Item = Notification> {
        let outbox = self.running.as_ref().map(|running| running.call().outbox());
        outbox.filter(|outbox| outbox.is_filled()).map(Outbox::take).into_iter().flatten()
    }

    /// The response, after the last step.
    pub(super) fn finish(&mut self, outcome: &Result<Outcome, ProtocolError>) -> Response {
        self.running = None;
        self.speaker.response(outcome)
    }
}

impl Client {
    fn poll_left(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if let Self::Unasked(peer) = self {
            *self = Self::Watched(Box::pin(peer.clone().left()));
        }
        match self {
            Self::Watched(left) => left.as_mut().poll(context),
            Self::Unasked(_) | Self::Unwatched => Poll::Pending,
        }
    }
}

/// The client has gone. In the modern era that ends the call; in a session the call goes on by itself, unless
/// too many do already.
impl Drop for Drive {
    fn drop(&mut self) {
        let Some(running) = self.running.take() else { return };
        if self.speaker.outlives_connection()
            && !running.call().outbox().is_cancelled()
            && let Ok(permit) = Arc::clone(&self.orphans).try_acquire_owned()
            && let Ok(runtime) = Handle::try_current()
        {
            running.call().outbox().close();
            let listing = self.listing.take();
            runtime.spawn(async move {
                let _until_it_ends = (permit, listing);
                let call = running.call().clone();
                tokio::select! {
                    // Nobody is left to hear the outcome; a failure has logged itself.
                    _ = running => {}
                    () = call.outbox().over() => {}
                }
            });
        }
    }
}
