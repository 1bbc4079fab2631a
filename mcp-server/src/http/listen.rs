//! The accept loop.
//!
//! `axum::serve` sets no limit on how long a client may take to send its headers or hold an idle connection,
//! and leaves Nagle's algorithm on, which holds every second write of a stream back for 40 ms.

use std::{
    convert::Infallible,
    future::Future,
    io,
    pin::pin,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{Router, body::Body};
use http::{HeaderValue, Request, Response, Version, header::CONNECTION};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    net::TcpListener,
    task::JoinSet,
    time::{sleep, timeout},
};
use tower::Service;

use super::{
    connections::{ConnectionLimits, Connections, InProgress, Order, Served, Traffic},
    peer::{Connection, Peer},
    progress::{Outgoing, StreamExecutor},
};
use crate::auth::Proxies;

/// Serves until `stop` resolves, then lets what runs finish. `proxies` are those that are trusted; `None` on a server
/// without authentication.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    (limits, proxies): (ConnectionLimits, Option<Proxies>),
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let connections = Connections::new(limits, proxies);
    // Dropped at the end, and with it whatever didn't end in time.
    let mut tasks = JoinSet::new();
    let common = Arc::new(Common { router, protocols: protocols(limits) });
    let mut stop = pin!(stop);
    loop {
        let traffic = tokio::select! {
            () = &mut stop => break,
            accepted = next(&listener, &connections) => accepted,
        };
        while tasks.try_join_next().is_some() {}
        let Some(traffic) = traffic else { continue };
        // Boxed: what a task holds, it would hold once more for each place that it is moved through.
        tasks.spawn(Box::pin(connection(traffic, Arc::clone(&common))));
    }
    drop(listener);
    connections.finish_all();
    let _ = timeout(limits.shutdown, async { while tasks.join_next().await.is_some() {} }).await;
    Ok(())
}

/// The next connection, if there is a place for it.
async fn next(listener: &TcpListener, connections: &Arc<Connections>) -> Option<Served> {
    let (stream, peer) = match listener.accept().await {
        Ok(accepted) => accepted,
        Err(error) => {
            pause_after(&error).await;
            return None;
        }
    };
    let Some(place) = connections.place(peer.ip()).await else {
        tracing::debug!(%peer, "as many connections of this address are open as there may be");
        return None;
    };
    // A connection that is gone already needs no delay switched off.
    let _ = stream.set_nodelay(true);
    Some(connections.open_one(stream, place))
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
fn protocols(limits: ConnectionLimits) -> auto::Builder<StreamExecutor> {
    let mut builder = auto::Builder::new(StreamExecutor::new(limits.write));
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.headers).max_buf_size(limits.head());
    let head = u32::try_from(limits.head()).unwrap_or(u32::MAX);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(64).max_header_list_size(head);
    builder
}

/// What all connections have in common. Each holds one pointer to it: there may be many of them.
struct Common {
    router: Router,
    protocols: auto::Builder<StreamExecutor>,
}

async fn connection(served: Served, common: Arc<Common>) {
    let traffic = &served.0;
    let (answerer, answers) = (Arc::clone(traffic), Arc::clone(&common));
    let service = service_fn(move |request| answer(Arc::clone(&answerer), &answers.router, request));
    let io = TokioIo::new(Connection::new(Arc::clone(traffic)));
    let mut serving = pin!(common.protocols.serve_connection(io, service));
    let mut quiet = pin!(traffic.quiet());
    loop {
        tokio::select! {
            // A connection that a client breaks is the client's affair.
            _ = serving.as_mut() => return,
            order = traffic.ordered() => match order {
                Order::Finish => serving.as_mut().graceful_shutdown(),
                Order::End => return,
            },
            () = &mut quiet => return,
        }
    }
}

fn answer(
    traffic: Arc<Traffic>,
    router: &Router,
    request: Request<Incoming>,
) -> impl Future<Output = Result<Response<Outgoing>, Infallible>> + use<> {
    let http2 = request.version() == Version::HTTP_2;
    if http2 {
        traffic.http2.store(true, Ordering::Relaxed);
    }
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(Peer::new(Arc::clone(&traffic), !http2));
    let mut in_progress = InProgress::new(traffic);
    // A router is always ready.
    let response = router.clone().call(request);
    async move {
        let mut response = response.await?;
        in_progress.answer();
        if in_progress.traffic.is_spent() {
            if http2 {
                in_progress.traffic.order(Order::Finish);
            } else {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
        }
        Ok(response.map(|body| Outgoing::new(body, in_progress)))
    }
}
