//! An answer as a stream of server-sent events. The response's body drives the function.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http_body::Frame;
use tokio::time::{Instant, Sleep, sleep};

use super::drive::{Drive, Step};
use crate::era::Speaker;

/// After how much silence a comment is sent. Proxies commonly cut a stream that says nothing for a minute.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(15);

const COMMENT: &[u8] = b": keep-alive\n\n";

/// The events of one call: its notifications, then its response, then the end.
pub(super) struct Events {
    drive: Drive,
    silence: Pin<Box<Sleep>>,
    /// The last piece was not the last: the connection should write it before the function goes on, or what a
    /// function says before it computes would wait until it has computed.
    unwritten: bool,
    ended: bool,
}

impl Events {
    pub(super) fn new(drive: Drive) -> Self {
        Self { drive, silence: Box::pin(sleep(KEEP_ALIVE)), unwritten: false, ended: false }
    }

    /// Everything that can be sent now, in one piece.
    fn next(&mut self, context: &mut Context<'_>) -> Poll<Bytes> {
        let mut out = BytesMut::new();
        match self.drive.step(context) {
            Poll::Ready(Step::Said) => said(&self.drive, &mut out),
            Poll::Ready(Step::Done(outcome)) => {
                said(&self.drive, &mut out);
                event(&mut out, &self.drive.finish(&outcome).body);
                self.ended = true;
            }
            Poll::Ready(Step::Left) => self.ended = true,
            Poll::Pending => {
                std::task::ready!(self.silence.as_mut().poll(context));
                out.extend_from_slice(COMMENT);
            }
        }
        self.silence.as_mut().reset(Instant::now() + KEEP_ALIVE);
        Poll::Ready(out.freeze())
    }
}

impl http_body::Body for Events {
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
        let bytes = std::task::ready!(self.next(context));
        self.unwritten = !self.ended;
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }
}

/// Appends what a call has said.
pub(super) fn said(drive: &Drive, out: &mut BytesMut) {
    for notification in drive.said() {
        event(out, &Speaker::notification(&notification));
    }
}

/// Appends one event. JSON has no line breaks outside its strings, and none inside them.
pub(super) fn event(out: &mut BytesMut, json: &[u8]) {
    out.reserve(json.len() + 8);
    out.extend_from_slice(b"data: ");
    out.extend_from_slice(json);
    out.extend_from_slice(b"\n\n");
}
