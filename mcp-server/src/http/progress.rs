//! Responses on their way out: in HTTP/2 each of them is taken by its client in time, or reset.
//!
//! A client of HTTP/2 says for each response how much of it it takes. What it doesn't take is held here, piece by piece,
//! and hyper looks at a body no more while a piece of it waits: so the task that a response has in HTTP/2 watches its
//! pieces too, and ends when none of them moves. With the task the response is reset.

use std::{
    future::{Future, poll_fn},
    io::IoSlice,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::Body;
use bytes::{Buf, Bytes};
use futures_util::task::AtomicWaker;
use http_body::{Frame, SizeHint};
use hyper::rt::Executor;
use tokio::time::{Instant, Sleep, sleep};

use super::connections::InProgress;

/// How many bytes of a response are given out of hand at once in HTTP/2: one frame's.
const MOST_IN_PIECE: usize = 16 * 1024;

tokio::task_local! {
    /// The response of the task, in HTTP/2.
    static TAKEN: Arc<Taken>;
}

/// Runs the tasks of HTTP/2's requests, each until its response is over, or isn't taken for so long.
#[derive(Debug, Clone, Copy)]
pub(super) struct StreamExecutor {
    limit: Duration,
}

impl StreamExecutor {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit }
    }
}

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for StreamExecutor {
    fn execute(&self, stream: F) {
        let limit = self.limit;
        tokio::spawn(async move {
            let taken = Arc::new(Taken::new());
            let mut stalled = pin!(Arc::clone(&taken).stalled(limit));
            let mut stream = pin!(TAKEN.scope(taken, stream));
            poll_fn(|context| match stream.as_mut().poll(context) {
                // In this order: what the response has just given out of hand is watched from now on.
                Poll::Pending => stalled.as_mut().poll(context),
                Poll::Ready(()) => Poll::Ready(()),
            })
            .await;
        });
    }
}

/// How much of a response its client has yet to take.
#[derive(Debug)]
struct Taken {
    begun: Instant,
    /// When some of it was taken last, or all of it had been taken before, in milliseconds since it began.
    last: AtomicU64,
    /// Bytes that are given out of hand and not taken.
    waiting: AtomicUsize,
    /// Woken when nothing waits any more.
    body: AtomicWaker,
}

impl Taken {
    fn new() -> Self {
        let (last, waiting, body) = Default::default();
        Self { begun: Instant::now(), last, waiting, body }
    }

    fn give(&self, bytes: usize) {
        if self.waiting.fetch_add(bytes, Ordering::AcqRel) == 0 {
            self.touch();
        }
    }

    fn take(&self, bytes: usize) {
        self.touch();
        if bytes > 0 && self.waiting.fetch_sub(bytes, Ordering::AcqRel) == bytes {
            self.body.wake();
        }
    }

    fn touch(&self) {
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Release);
    }

    fn is_all_taken(&self) -> bool {
        self.waiting.load(Ordering::Acquire) == 0
    }

    /// Until everything is taken.
    fn poll_all_taken(&self, context: &Context<'_>) -> Poll<()> {
        self.body.register(context.waker());
        if self.is_all_taken() { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Resolves when something waits, and nothing was taken for that long. Polled whenever its task runs: something
    /// begins to wait in this task only.
    async fn stalled(self: Arc<Self>, limit: Duration) {
        let mut timer: Option<Pin<Box<Sleep>>> = None;
        poll_fn(|context| {
            loop {
                if self.is_all_taken() {
                    timer = None;
                    return Poll::Pending;
                }
                let waiting = timer.get_or_insert_with(|| Box::pin(sleep(limit)));
                ready!(waiting.as_mut().poll(context));
                let end = self.begun + Duration::from_millis(self.last.load(Ordering::Acquire)) + limit;
                if end <= Instant::now() {
                    return Poll::Ready(());
                }
                waiting.as_mut().reset(end);
            }
        })
        .await;
    }
}

/// A response's body, whose request is in progress as long as there is any of it.
#[derive(Debug)]
pub(super) struct Outgoing {
    body: Body,
    /// What is left of the body's last frame.
    rest: Bytes,
    in_progress: InProgress,
    /// Set in HTTP/2.
    taken: Option<Arc<Taken>>,
}

impl Outgoing {
    /// The body of this task's response.
    pub(super) fn new(body: Body, in_progress: InProgress) -> Self {
        Self { body, rest: Bytes::new(), in_progress, taken: TAKEN.try_with(Arc::clone).ok() }
    }
}

impl http_body::Body for Outgoing {
    type Data = Piece;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, axum::Error>>> {
        let this = &mut *self;
        if this.rest.is_empty() {
            let Some(frame) = ready!(Pin::new(&mut this.body).poll_frame(context)?) else {
                if let Some(taken) = &this.taken {
                    // Or the end would be said before the rest, and nobody watch it.
                    ready!(taken.poll_all_taken(context));
                }
                return Poll::Ready(None);
            };
            match frame.into_data() {
                Ok(data) => this.rest = data,
                Err(frame) => {
                    return Poll::Ready(Some(Ok(frame.map_data(|bytes| Piece { bytes, taken: None }))));
                }
            }
        }
        let Some(taken) = &this.taken else {
            let bytes = std::mem::take(&mut this.rest);
            return Poll::Ready(Some(Ok(Frame::data(Piece { bytes, taken: None }))));
        };
        this.in_progress.traffic.step();
        let bytes = this.rest.split_to(this.rest.len().min(MOST_IN_PIECE));
        taken.give(bytes.len());
        Poll::Ready(Some(Ok(Frame::data(Piece { bytes, taken: Some(Arc::clone(taken)) }))))
    }

    fn is_end_stream(&self) -> bool {
        let taken = self.taken.as_ref().is_none_or(|taken| taken.is_all_taken());
        self.rest.is_empty() && self.body.is_end_stream() && taken
    }

    fn size_hint(&self) -> SizeHint {
        // Asked for before the first frame.
        self.body.size_hint()
    }
}

/// A piece of a response, which knows how much of it is taken.
#[derive(Debug)]
pub(super) struct Piece {
    bytes: Bytes,
    taken: Option<Arc<Taken>>,
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        self.bytes.chunks_vectored(slices)
    }

    fn advance(&mut self, bytes: usize) {
        self.bytes.advance(bytes);
        if let Some(taken) = &self.taken {
            taken.take(bytes);
        }
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        if let Some(taken) = &self.taken {
            taken.take(self.bytes.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    async fn pass(seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn tr_22_a_response_stalls_when_nothing_of_it_is_taken_within_the_limit() {
        let taken = Arc::new(Taken::new());
        let mut stalled = Box::pin(Arc::clone(&taken).stalled(LIMIT));
        let mut is_stalled = || stalled.as_mut().now_or_never().is_some();
        let piece = |length: usize| {
            taken.give(length);
            Piece { bytes: vec![0; length].into(), taken: Some(Arc::clone(&taken)) }
        };
        pass(100).await;
        assert!(!is_stalled(), "nothing waits");
        let mut slow = piece(100);
        for _ in 0..50 {
            assert!(!is_stalled());
            pass(29).await;
            slow.advance(1);
        }
        assert!(!is_stalled(), "a slow reader is one");
        drop(slow);
        assert!(!is_stalled());
        pass(100).await;
        let held = piece(1);
        assert!(!is_stalled(), "only what waits counts");
        pass(29).await;
        assert!(!is_stalled());
        pass(2).await;
        assert!(is_stalled(), "within the limit, not within two");
        drop(held);
    }
}
