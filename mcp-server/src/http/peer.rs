//! The client's end of a connection: whether it still reads, and whether it is still there.
//!
//! A stream's function is driven by whoever reads the stream, so a client that stops reading would hold the
//! function, its memory and a connection's place for as long as it likes: a write has a time limit. And hyper
//! doesn't look at a connection on which a request waits unread, so a client that pipelines could leave
//! unnoticed: whoever waits for a call asks for [`Peer::left`].
//!
//! What is read before a request begins is its head, which hyper keeps until it is whole. A large one counts to whoever
//! sends it.

use std::{
    future::Future,
    io,
    net::{IpAddr, Shutdown},
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll, ready},
    time::Duration,
};

use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

use super::connections::{FREE_HEAD, Traffic};
use crate::{call::Principal, quota::Permit};

/// How often a connection with unread bytes is looked at, while a call waits.
const LOOK: Duration = Duration::from_millis(50);

/// The client of a connection. Goes with each of its requests.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    traffic: Arc<Traffic>,
    /// Whether it has one request at a time: in HTTP/2 a client that leaves one stays for the others.
    is_single: bool,
}

impl Peer {
    /// The client of one of the connection's requests.
    pub(super) fn new(traffic: Arc<Traffic>, is_single: bool) -> Self {
        Self { traffic, is_single }
    }

    /// A request of its was admitted, and this is who sent it.
    pub(super) fn admitted(&self, principal: &Principal) {
        self.traffic.admitted(principal);
    }

    /// Whether the client leaves with its request.
    pub(super) fn is_single(&self) -> bool {
        self.is_single
    }

    /// Where the connection comes from.
    pub(super) fn address(&self) -> Option<IpAddr> {
        self.traffic.stream.peer_addr().ok().map(|address| address.ip())
    }

    /// Resolves when the client has closed its side.
    pub(super) async fn left(self) {
        // Unread bytes keep the connection readable without telling anything more: then it is looked at again
        // after a while. An error is an end too.
        while self.traffic.stream.ready(Interest::READABLE).await.is_ok_and(|ready| !ready.is_read_closed()) {
            sleep(LOOK).await;
        }
    }
}

/// A connection, with a limit on how long a write may wait for its client, and on what is kept of an unfinished head.
#[derive(Debug)]
pub(super) struct Connection {
    traffic: Arc<Traffic>,
    /// Set while a write waits.
    waiting: Option<Pin<Box<Sleep>>>,
    head: Head,
}

/// The head that is read.
#[derive(Debug, Default)]
struct Head {
    /// How many requests began before it.
    number: u32,
    bytes: usize,
    /// Set when it is large.
    permit: Option<Box<Permit>>,
}

impl Head {
    /// Counts what was read. Fails when it is more than may be kept.
    fn read(&mut self, traffic: &Traffic, bytes: usize) -> io::Result<()> {
        let number = traffic.requests.load(Ordering::Relaxed);
        if number != self.number {
            *self = Self { number, ..Self::default() };
        }
        if bytes == 0 || !traffic.reads_a_head() {
            return Ok(());
        }
        self.bytes += bytes;
        let counted = self.permit.as_ref().map_or(0, |permit| permit.amount());
        let more = self.bytes.saturating_sub(FREE_HEAD).saturating_sub(counted);
        let taken = match (more, &mut self.permit) {
            (0, _) => return Ok(()),
            (more, Some(permit)) => permit.grow(more),
            (more, permit) => traffic.count_head(more).map(|taken| *permit = Some(Box::new(taken))),
        };
        taken.map_err(|exceeded| {
            tracing::debug!(peer = ?traffic.stream.peer_addr().ok(), %exceeded, "too much of unfinished requests");
            io::Error::other("too much of unfinished requests is in memory")
        })
    }
}

impl Connection {
    pub(super) fn new(traffic: Arc<Traffic>) -> Self {
        Self { traffic, waiting: None, head: Head::default() }
    }

    /// Writes as soon as the client lets it, or gives up.
    fn write(
        &mut self,
        context: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        while self.traffic.stream.poll_write_ready(context)?.is_ready() {
            match write(&self.traffic.stream) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => {
                    self.waiting = None;
                    return Poll::Ready(written);
                }
            }
        }
        let limit = self.traffic.limits().write;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(limit)));
        waiting.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { traffic, head, .. } = self.get_mut();
        // The last head is over as soon as its request has begun.
        head.read(traffic, 0)?;
        loop {
            ready!(traffic.stream.poll_read_ready(context))?;
            match traffic.stream.try_read_buf(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return Poll::Ready(read.and_then(|bytes| head.read(traffic, bytes))),
            }
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.write(context, |stream| stream.try_write(bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write(context, |stream| stream.try_write_vectored(buffers))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&self.traffic.stream).shutdown(Shutdown::Write))
    }
}
