//! Answers as streams of server-sent events. The response's body drives what it tells of.
//!
//! Source: [Server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html).

use std::{
    convert::Infallible,
    fmt::Write as _,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http_body::Frame;
use tokio::time::{Instant, Sleep, sleep};

use super::watched::Watched;
use crate::{
    call::Said,
    cluster::Event,
    dispatch::{Outcome, Subscription},
    drive::{Engine, Hearing, Step, Steps},
    era::Speaker,
};

/// After how much silence a comment is sent. Proxies commonly cut a stream that says nothing for a minute.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// After how long a client is asked to come back when its connection ends.
const RETRY: Duration = Duration::from_secs(1);

const COMMENT: &[u8] = b": keep-alive\n\n";

/// How long a client's token is good, where it has one.
pub(super) type Left = Option<Duration>;

/// Where a stream's events come from.
pub(super) trait Source: Unpin {
    /// Writes everything that can be said now.
    fn poll_write(&mut self, context: &mut Context<'_>, out: &mut BytesMut) -> Poll<Written>;

    /// Writes what there is to say before the stream is ended by others.
    fn end(&mut self, _out: &mut BytesMut) {}
}

/// What a source has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// More may follow.
    Some,
    /// Nothing follows.
    Last,
}

/// A stream's body.
pub(super) struct Events<S> {
    source: S,
    silence: Pin<Box<Sleep>>,
    /// Set where the stream has an end of its own: that of its client's token.
    over: Option<Pin<Box<Sleep>>>,
    /// The last piece was not the last: the connection should write it before the function goes on, or what a
    /// function says before it computes would wait until it has computed.
    unwritten: bool,
    ended: bool,
}

impl<S: Source> Events<S> {
    pub(super) fn new(source: S) -> Self {
        let silence = Box::pin(sleep(KEEP_ALIVE));
        Self { source, silence, over: None, unwritten: false, ended: false }
    }

    /// Ends the stream after this time: its client comes back with another token.
    pub(super) fn for_only(mut self, left: Left) -> Self {
        self.over = left.map(|left| Box::pin(sleep(left)));
        self
    }

    /// Everything that can be sent now, in one piece.
    fn next(&mut self, context: &mut Context<'_>) -> Poll<Bytes> {
        let mut out = BytesMut::new();
        if self.over.as_mut().is_some_and(|over| over.as_mut().poll(context).is_ready()) {
            self.source.end(&mut out);
            self.ended = true;
            return Poll::Ready(out.freeze());
        }
        match self.source.poll_write(context, &mut out) {
            Poll::Ready(written) => self.ended = written == Written::Last,
            Poll::Pending => {
                ready!(self.silence.as_mut().poll(context));
                out.extend_from_slice(COMMENT);
            }
        }
        self.silence.as_mut().reset(Instant::now() + KEEP_ALIVE);
        Poll::Ready(out.freeze())
    }
}

impl<S: Source> http_body::Body for Events<S> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if std::mem::take(&mut self.unwritten) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let bytes = ready!(self.next(context));
        self.unwritten = !self.ended;
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }
}

/// A call of the modern era: its notifications, then its response, then the end.
impl Source for Watched {
    fn poll_write(&mut self, context: &mut Context<'_>, out: &mut BytesMut) -> Poll<Written> {
        let step = ready!(self.step(context));
        let Some(steps) = self.steps() else { return Poll::Ready(Written::Last) };
        Poll::Ready(match step {
            Step::Said => {
                said(steps, out);
                Written::Some
            }
            Step::Done(outcome) => {
                said(steps, out);
                event(out, &steps.finish(&outcome).body);
                Written::Last
            }
            Step::Left => Written::Last,
        })
    }
}

/// A stream of a session, from some event on.
pub(super) struct Heard {
    hearing: Hearing,
    /// The number of the event that only says where to take the stream up again, before it is sent.
    prime: Option<u64>,
}

impl Heard {
    /// `prime`: whether the stream begins with an event that says where to take it up again.
    pub(super) fn new(hearing: Hearing, number: u64, prime: bool) -> Self {
        Self { hearing, prime: prime.then_some(number) }
    }
}

impl Source for Heard {
    fn poll_write(&mut self, context: &mut Context<'_>, out: &mut BytesMut) -> Poll<Written> {
        if let Some(number) = self.prime.take() {
            pause(out, &self.hearing.reader().event_id(number), RETRY);
            return Poll::Ready(Written::Some);
        }
        let Some(events) = ready!(self.hearing.poll_next(context)) else {
            return Poll::Ready(Written::Last);
        };
        let last = events.len() - 1;
        for (at, (number, event)) in events.into_iter().enumerate() {
            let id = self.hearing.reader().event_id(number);
            match event {
                Event::Message(message) => numbered(out, &id, &message),
                Event::Change(_) => unreachable!("whoever hears it is told a message"),
                // One that something has followed lies behind this client.
                Event::Pause(_) if at < last || !self.hearing.may_leave() => {}
                Event::Pause(retry) => {
                    pause(out, &id, retry);
                    return Poll::Ready(Written::Last);
                }
            }
        }
        Poll::Ready(Written::Some)
    }
}

/// A client that listens: the acknowledgment, then every change, and in the end a response, when it is the server
/// that ends it.
pub(super) struct Listening {
    subscription: Box<Subscription>,
    speaker: Speaker,
    engine: Arc<Engine>,
    acknowledged: bool,
    stopped: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Listening {
    pub(super) fn new(subscription: Box<Subscription>, speaker: Speaker, engine: Arc<Engine>) -> Self {
        let stopped = Box::pin(engine.stopped());
        Self { subscription, speaker, engine, acknowledged: false, stopped }
    }
}

impl Source for Listening {
    fn poll_write(&mut self, context: &mut Context<'_>, out: &mut BytesMut) -> Poll<Written> {
        if !std::mem::replace(&mut self.acknowledged, true) {
            event(out, &self.speaker.acknowledgment(&self.subscription.acknowledged));
            return Poll::Ready(Written::Some);
        }
        if self.stopped.as_mut().poll(context).is_ready() {
            self.end(out);
            return Poll::Ready(Written::Last);
        }
        let told = ready!(self.subscription.poll_next(&self.engine.offer.load(), context));
        event(out, &self.speaker.told(&told));
        Poll::Ready(Written::Some)
    }

    fn end(&mut self, out: &mut BytesMut) {
        event(out, &self.speaker.response(&Ok(Outcome::Unsubscribed)).body);
    }
}

/// Appends what a call has said.
pub(super) fn said(steps: &Steps, out: &mut BytesMut) {
    for said in steps.said() {
        // A modern client isn't asked to come back: it couldn't.
        if let Said::Notification(notification) = said {
            event(out, &steps.speaker().notification(notification));
        }
    }
}

/// Appends one event. JSON has no line breaks outside its strings, and none inside them.
pub(super) fn event(out: &mut BytesMut, json: &[u8]) {
    out.reserve(json.len() + 8);
    out.extend_from_slice(b"data: ");
    out.extend_from_slice(json);
    out.extend_from_slice(b"\n\n");
}

fn numbered(out: &mut BytesMut, id: &str, json: &[u8]) {
    out.reserve(json.len() + id.len() + 16);
    out.extend_from_slice(b"id: ");
    out.extend_from_slice(id.as_bytes());
    out.extend_from_slice(b"\n");
    event(out, json);
}

/// Appends an event without a message, that says where and when to take the stream up again.
fn pause(out: &mut BytesMut, id: &str, retry: Duration) {
    // A buffer takes every text.
    let _ = write!(out, "id: {id}\nretry: {}\ndata: \n\n", retry.as_millis());
}
