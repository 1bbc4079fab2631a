//! A running function, driven from whatever waits for it: the request at first, then the response's body. Its
//! client is watched meanwhile.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::runtime::Handle;

use super::peer::Peer;
use crate::{
    drive::{Step, Steps, Told},
    quota::Quota,
};

/// A running function and its client.
pub(super) struct Watched {
    /// Taken out when the call goes on elsewhere.
    steps: Option<Steps>,
    orphans: Quota,
    client: Client,
}

/// The client of a call, as far as it can be watched.
enum Client {
    Unwatched,
    /// Watched from the function's first wait on: one that only computes needs nobody to look.
    Unasked(Peer),
    Watched(Pin<Box<dyn Future<Output = ()> + Send>>),
}

impl Watched {
    /// `orphans` counts the calls that go on without their clients.
    pub(super) fn new(steps: Steps, orphans: &Quota, peer: Option<Peer>) -> Self {
        let client = peer.filter(Peer::is_single).map_or(Client::Unwatched, Client::Unasked);
        Self { steps: Some(steps), orphans: orphans.clone(), client }
    }

    /// Lets the function go on until it waits, says something, or is done.
    pub(super) fn step(&mut self, context: &mut Context<'_>) -> Poll<Step> {
        let Some(steps) = &mut self.steps else { return Poll::Pending };
        match steps.step(context) {
            Poll::Pending => self.client.poll_left(context).map(|()| Step::Left),
            step @ Poll::Ready(_) => step,
        }
    }

    /// The function, while it is driven here.
    pub(super) fn steps(&mut self) -> Option<&mut Steps> {
        self.steps.as_mut()
    }

    /// The function, to be driven elsewhere.
    pub(super) fn into_steps(mut self) -> Option<Steps> {
        self.steps.take()
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

/// The client has gone before anything was said. In the modern era that ends the call; in a session the call goes on
/// by itself, unless too many do already.
impl Drop for Watched {
    fn drop(&mut self) {
        let Some(steps) = self.steps.take() else { return };
        let (Some(call), Some(session)) = (steps.call(), steps.speaker().session()) else { return };
        if !call.outbox().is_cancelled()
            && let Ok(permit) = self.orphans.take(session.owner().share(), 1)
            && let Ok(runtime) = Handle::try_current()
        {
            call.outbox().close();
            runtime.spawn(async move {
                let _until_it_ends = permit;
                // Nobody is left to hear the outcome; a failure has logged itself.
                Told::one(steps).unheard().await;
            });
        }
    }
}
