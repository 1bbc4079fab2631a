//! The accept loop.
//!
//! `axum::serve` sets no limit on how long a client may take to send its headers or hold an idle connection,
//! and leaves Nagle's algorithm on, which holds every second write of a stream back for 40 ms.

use std::{
    convert::Infallible,
    future::Future,
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body};
use http::{Request, Response, Version};
use http_body_util::BodyExt;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto,
        graceful::{GracefulShutdown, Watcher},
    },
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
    time::{sleep, timeout},
};
use tower::Service;

use super::peer::{Connection, Peer};
use crate::auth::LONGEST_TOKEN;

/// The largest head of a request, in bytes, where tokens may be no longer than half of it.
const MAX_HEAD: usize = 64 * 1024;

/// What a head has room for beside its token.
const BESIDE_TOKEN: usize = 32 * 1024;

/// How many connections there may be, and how long they may keep the server waiting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectionLimits {
    /// Connections at once. At the limit the next ones wait to be accepted.
    pub(crate) connections: usize,
    /// For a request's headers, counted from the connection's opening or from the end of the last request.
    pub(crate) headers: Duration,
    /// For a write to a client that doesn't read.
    pub(crate) write: Duration,
    /// For an HTTP/2 connection without any request.
    pub(crate) idle: Duration,
    /// For calls that still run when the server stops.
    pub(crate) shutdown: Duration,
    /// How many bytes an access token may have. A request's head has room for it.
    pub(crate) token: usize,
}

impl ConnectionLimits {
    fn head(&self) -> usize {
        self.token.saturating_add(BESIDE_TOKEN).max(MAX_HEAD)
    }
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            headers: Duration::from_secs(30),
            write: Duration::from_secs(30),
            idle: Duration::from_secs(75),
            shutdown: Duration::from_secs(10),
            token: LONGEST_TOKEN,
        }
    }
}

/// Serves until `stop` resolves, then lets what runs finish.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    // Dropped at the end, and with it whatever didn't end in time.
    let mut connections = JoinSet::new();
    let common = Arc::new(Common { router, limits, protocols: protocols(limits) });
    let mut stop = pin!(stop);
    loop {
        let place = tokio::select! {
            () = &mut stop => break,
            place = Arc::clone(&places).acquire_owned() => place.map_err(io::Error::other)?,
        };
        let stream = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    pause_after(&error).await;
                    continue;
                }
            },
        };
        // A connection that is gone already needs no delay switched off.
        let _ = stream.set_nodelay(true);
        while connections.try_join_next().is_some() {}
        let common = Arc::clone(&common);
        // Boxed: what a task holds, it would hold once more for each place that it is moved through.
        connections.spawn(Box::pin(connection(stream, common, graceful.watcher(), place)));
    }
    drop(listener);
    let _ = timeout(limits.shutdown, graceful.shutdown()).await;
    Ok(())
}

/// A client that broke off is nothing to wait for; a process without file descriptors is.
async fn pause_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(%error, "can't accept connections");
        sleep(Duration::from_secs(1)).await;
    }
}

/// What is spoken on every connection, and within which limits.
fn protocols(limits: ConnectionLimits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.headers).max_buf_size(limits.head());
    let head = u32::try_from(limits.head()).unwrap_or(u32::MAX);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(64).max_header_list_size(head);
    builder
}

/// What all connections have in common. Each holds one pointer to it: there may be many of them.
struct Common {
    router: Router,
    limits: ConnectionLimits,
    protocols: auto::Builder<TokioExecutor>,
}

async fn connection(stream: TcpStream, common: Arc<Common>, watcher: Watcher, _place: OwnedSemaphorePermit) {
    let stream = Connection::new(stream, common.limits.write);
    let traffic = Arc::new(Traffic::new(stream.peer()));
    let (answerer, answers) = (Arc::clone(&traffic), Arc::clone(&common));
    let service = service_fn(move |request| Arc::clone(&answerer).answer(&answers.router, request));
    tokio::select! {
        // A connection that a client breaks is the client's affair.
        _ = watcher.watch(common.protocols.serve_connection(TokioIo::new(stream), service)) => {}
        () = traffic.quiet(&common.limits) => {}
    }
}

/// What goes over one connection, as far as it tells whether anything does.
#[derive(Debug)]
struct Traffic {
    peer: Peer,
    http2: AtomicBool,
    /// Counts on with each request, each response and (HTTP/2) each piece of one.
    steps: AtomicUsize,
    /// Requests that have no response yet.
    unanswered: AtomicUsize,
}

impl Traffic {
    fn new(peer: Peer) -> Self {
        let (http2, steps, unanswered) = Default::default();
        Self { peer, http2, steps, unanswered }
    }

    fn answer(
        self: Arc<Self>,
        router: &Router,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response<Body>, Infallible>> + use<> {
        self.step();
        let http2 = request.version() == Version::HTTP_2;
        let mut request = request.map(Body::new);
        if http2 {
            self.http2.store(true, Ordering::Relaxed);
        }
        let peer = if http2 { self.peer.of_several() } else { self.peer.clone() };
        request.extensions_mut().insert(peer);
        // A router is always ready.
        let response = router.clone().call(request);
        async move {
            let unanswered = Unanswered::new(&self.unanswered);
            let response = response.await?;
            drop(unanswered);
            self.step();
            Ok(if http2 { response.map(|body| self.counted(body)) } else { response })
        }
    }

    fn step(&self) {
        self.steps.fetch_add(1, Ordering::Relaxed);
    }

    fn counted(self: Arc<Self>, body: Body) -> Body {
        Body::new(body.map_frame(move |frame| {
            self.step();
            frame
        }))
    }

    /// Resolves when the connection has been of no use for too long: no request since it was opened, or, in
    /// HTTP/2, where neither hyper's limits nor a write's apply to what a client's window holds back, nothing
    /// to wait for and no step taken. A stream that is read takes one with each of its comments.
    async fn quiet(&self, limits: &ConnectionLimits) {
        sleep(limits.headers).await;
        loop {
            let steps = self.steps.load(Ordering::Relaxed);
            if steps == 0 {
                return;
            }
            sleep(limits.idle).await;
            let idle = self.http2.load(Ordering::Relaxed)
                && self.unanswered.load(Ordering::Relaxed) == 0
                && self.steps.load(Ordering::Relaxed) == steps;
            if idle {
                return;
            }
        }
    }
}

/// A request on the way to its response, also when its client leaves before.
struct Unanswered<'c>(&'c AtomicUsize);

impl<'c> Unanswered<'c> {
    fn new(count: &'c AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
