//! A server that is ready: to be served, put into an application, and changed.

use std::{fmt, future::Future, net::SocketAddr, sync::Arc};

use axum::Router;
use tokio::{
    io::{AsyncBufRead, AsyncWrite},
    net::TcpListener,
};

use super::Catalog;
use crate::{
    error::Error,
    http::{ConnectionLimits, Service, router, serve, whole_router},
    stdio,
};

/// A server that is ready.
#[derive(Clone)]
pub struct Server {
    pub(crate) service: Arc<Service>,
    pub(super) catalog: Catalog,
    pub(super) connections: ConnectionLimits,
    /// Whether it may listen beyond loopback: its callers are known, or it was said that they needn't be.
    pub(super) may_be_exposed: bool,
}

impl Server {
    /// A router with the MCP endpoint at `/mcp`, to be merged into an application's own, which is axum 0.8.
    ///
    /// With authentication it also has `/.well-known/oauth-protected-resource`, and the same with the public URL's path
    /// behind it: both belong at the application's root, so merge it there rather than nest it. The issuers' keys are
    /// fetched with the first token.
    ///
    /// **The router doesn't know where it listens.** `Server::serve` refuses an address beyond loopback, because
    /// without authentication whoever reaches it could call every tool; with `axum::serve` that is up to you.
    /// Time limits on headers, writes and idle connections, and the cap on connections, are the accept loop's
    /// as well: [`Server::serve`] has them, `axum::serve` doesn't.
    ///
    /// Tokens that are no good are counted by where they come from. An application serves with
    /// `into_make_service_with_connect_info::<SocketAddr>()`, or all its callers count as one, and a stranger who floods the
    /// server with bad tokens keeps new good ones out.
    pub fn router(&self) -> Router {
        router(Arc::clone(&self.service))
    }

    /// Serves on this listener until the process ends.
    ///
    /// # Errors
    ///
    /// As [`Server::serve_until`].
    pub async fn serve(&self, listener: TcpListener) -> Result<(), Error> {
        self.serve_until(listener, std::future::pending()).await
    }

    /// Serves until `stop` resolves; then takes no more connections, gives running calls
    /// [some time](crate::McpServer::shutdown_grace) to end, and ends the others.
    ///
    /// # Errors
    ///
    /// When the listener fails, or when it isn't on loopback: without authentication this server would be open
    /// to everyone who can reach it.
    pub async fn serve_until(
        &self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), Error> {
        let address = listener.local_addr()?;
        self.refuse_exposure(address)?;
        if !address.ip().to_canonical().is_loopback() {
            self.service.edge.note_elsewhere();
        }
        let warming = self.service.door.is_some().then(|| {
            let service = Arc::clone(&self.service);
            tokio::spawn(async move {
                if let Some(door) = &service.door {
                    door.warm_up().await;
                }
            })
        });
        let stop = async {
            stop.await;
            self.stop();
        };
        let limits = (self.connections, self.service.door.as_ref().map(|door| door.proxies().clone()));
        let served = serve(listener, whole_router(Arc::clone(&self.service)), limits, stop).await;
        warming.inspect(tokio::task::JoinHandle::abort);
        // What still runs for clients that may come back has nobody to come back to.
        self.service.engine.eras.sessions.end_all();
        Ok(served?)
    }

    /// Serves one client over these two, a message a line: standard input and output, or any other pair. Until the
    /// input ends, or the server [stops](Server::stop).
    ///
    /// **What else the process prints to the same output is between the messages**, and who holds the lock of
    /// `std::io::stdout` holds a `tokio::io::stdout` up: [`McpServer::run`](crate::McpServer::run) takes the
    /// standard streams for messages alone.
    ///
    /// # Errors
    ///
    /// When reading or writing fails.
    pub async fn serve_lines(
        &self,
        input: impl AsyncBufRead + Unpin,
        output: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Result<(), Error> {
        let limit = self.service.bodies.bytes;
        Ok(stdio::serve(Arc::clone(&self.service.engine), input, output, limit).await?)
    }

    /// Ends what would never end by itself, politely: subscriptions with a result, the streams of sessions so that
    /// their clients come back. [`Server::serve_until`] does it; an application with a router of this server does it
    /// before it stops serving.
    pub fn stop(&self) {
        self.service.engine.stop();
    }

    /// What is offered, to be changed while the server runs. Functions take it as `State<Catalog>`.
    pub fn catalog(&self) -> Catalog {
        self.catalog.clone()
    }

    /// The names of the tools, in the order of the listing.
    pub fn tool_names(&self) -> impl Iterator<Item = String> {
        let offer = self.service.engine.offer.load_full();
        let names: Vec<String> = offer.tools.entries().iter().map(|tool| tool.name().to_owned()).collect();
        names.into_iter()
    }

    /// How long calls may go on when the server is asked to end.
    #[cfg(feature = "cli")]
    pub(crate) fn shutdown_grace(&self) -> std::time::Duration {
        self.connections.shutdown
    }

    /// Whether the server may listen here.
    pub(crate) fn refuse_exposure(&self, address: SocketAddr) -> Result<(), Error> {
        if self.may_be_exposed { Ok(()) } else { refuse_exposure(address) }
    }

    /// How many sessions of legacy clients are open.
    pub fn sessions(&self) -> usize {
        self.service.engine.eras.sessions.len()
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("tools", &self.service.engine.offer.load().tools.entries().len())
            .finish_non_exhaustive()
    }
}

/// Without authentication, whoever reaches the address could call every tool.
pub(crate) fn refuse_exposure(address: SocketAddr) -> Result<(), Error> {
    if address.ip().to_canonical().is_loopback() {
        return Ok(());
    }
    Err(Error::Unsafe(format!(
        "{address} is not a loopback address, and this server has no authentication: whoever reaches it could call \
         every tool; give it an issuer (`--issuer https://..`), or listen on 127.0.0.1"
    )))
}
