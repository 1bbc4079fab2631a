//! The client's end of a connection: whether it still reads, and whether it is still there.
//!
//! A stream's function is driven by whoever reads the stream, so a client that stops reading would hold the
//! function, its memory and a connection's place for as long as it likes: a write has a time limit. And hyper
//! doesn't look at a connection on which a request waits unread, so a client that pipelines could leave
//! unnoticed: whoever waits for a call asks for [`Peer::left`].

use std::{
    future::Future,
    io,
    net::{IpAddr, Shutdown},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

/// How often a connection with unread bytes is looked at, while a call waits.
const LOOK: Duration = Duration::from_millis(50);

/// The client of a connection. Goes with each of its requests.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    stream: Arc<TcpStream>,
    /// Whether it has one request at a time: in HTTP/2 a client that leaves one stays for the others.
    is_single: bool,
}

impl Peer {
    /// The client of one of several requests at once.
    pub(super) fn of_several(&self) -> Self {
        Self { is_single: false, ..self.clone() }
    }

    /// Whether the client leaves with its request.
    pub(super) fn is_single(&self) -> bool {
        self.is_single
    }

    /// Where the connection comes from.
    pub(super) fn address(&self) -> Option<IpAddr> {
        self.stream.peer_addr().ok().map(|address| address.ip())
    }

    /// Resolves when the client has closed its side.
    pub(super) async fn left(self) {
        // Unread bytes keep the connection readable without telling anything more: then it is looked at again
        // after a while. An error is an end too.
        while self.stream.ready(Interest::READABLE).await.is_ok_and(|ready| !ready.is_read_closed()) {
            sleep(LOOK).await;
        }
    }
}

/// A connection, with a limit on how long a write may wait for its client.
#[derive(Debug)]
pub(super) struct Connection {
    stream: Arc<TcpStream>,
    limit: Duration,
    /// Set while a write waits.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    pub(super) fn new(stream: TcpStream, limit: Duration) -> Self {
        Self { stream: Arc::new(stream), limit, waiting: None }
    }

    pub(super) fn peer(&self) -> Peer {
        Peer { stream: Arc::clone(&self.stream), is_single: true }
    }

    /// Writes as soon as the client lets it, or gives up.
    fn write(
        &mut self,
        context: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        while self.stream.poll_write_ready(context)?.is_ready() {
            match write(&self.stream) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => {
                    self.waiting = None;
                    return Poll::Ready(written);
                }
            }
        }
        let limit = self.limit;
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
        loop {
            ready!(self.stream.poll_read_ready(context))?;
            match self.stream.try_read_buf(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return Poll::Ready(read.map(|_| ())),
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
        Poll::Ready(SockRef::from(&*self.stream).shutdown(Shutdown::Write))
    }
}
