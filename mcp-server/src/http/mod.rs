//! The wire's edge: HTTP in, HTTP out.
//!
//! Takes axum requests, gives axum responses. [`Service::steps`] is the whole way of a request, in order. This
//! room alone knows axum and hyper; it knows nothing of what a method means.

mod budget;
mod decode;
mod drive;
mod edge;
mod listen;
mod peer;
mod reply;
mod sse;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    response::Response,
    routing::any,
};
use http::Method;
use tokio::sync::Semaphore;
use tower_http::cors::CorsLayer;

pub(crate) use budget::Budget;
use drive::Drive;
pub(crate) use edge::Edge;
pub(crate) use listen::{ConnectionLimits, serve};

use crate::{
    call::Principal,
    dispatch::{self, Desk},
    era::{Arrival, Eras, Turn},
    error::Refusal,
};

/// The path of the MCP endpoint.
pub(crate) const ENDPOINT: &str = "/mcp";

/// Everything that answers requests.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) edge: Edge,
    pub(crate) bodies: BodyLimits,
    pub(crate) budget: Budget,
    pub(crate) eras: Eras,
    pub(crate) desk: Desk,
    /// Permits for calls of sessions whose client has gone.
    pub(crate) orphans: Arc<Semaphore>,
}

/// How many calls of sessions may go on at once after their clients have gone.
pub(crate) const MAX_ORPHANS: usize = 256;

/// How many bytes of bodies may be in memory at once, of all requests together.
pub(crate) const BODY_BUDGET: usize = 256 * 1024 * 1024;

/// How large a body may be, and how long it may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimits {
    pub(crate) bytes: usize,
    pub(crate) time: Duration,
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self { bytes: 4 * 1024 * 1024, time: Duration::from_secs(30) }
    }
}

/// A router with the MCP endpoint.
pub(crate) fn router(service: Arc<Service>) -> Router {
    let cors = service.edge.cors();
    let router = Router::new().route(ENDPOINT, any(endpoint));
    let router = match cors {
        // Refused origins get no preflight answered either: the edge stands before CORS too.
        Some(cors) => with_cors(router, cors, &service),
        None => router,
    };
    router.with_state(service)
}

/// The same router, with an answer for every other path.
pub(crate) fn whole_router(service: Arc<Service>) -> Router {
    let guard = axum::middleware::from_fn_with_state(Arc::clone(&service), edge_first);
    let elsewhere = Router::new().fallback(|| async { reply::refusal(&Refusal::NotFound) }).layer(guard);
    router(service).fallback_service(elsewhere)
}

fn with_cors(router: Router<Arc<Service>>, cors: CorsLayer, service: &Arc<Service>) -> Router<Arc<Service>> {
    let guard = axum::middleware::from_fn_with_state(Arc::clone(service), edge_first);
    router.layer(cors).layer(guard)
}

async fn edge_first(
    State(service): State<Arc<Service>>,
    request: Request,
    next: axum::middleware::Next,
) -> Response {
    match service.edge.check(request.version(), request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => reply::refusal(&refusal),
    }
}

async fn endpoint(State(service): State<Arc<Service>>, request: Request) -> Response {
    service.steps(request).await.unwrap_or_else(|refusal| reply::refusal(&refusal))
}

impl Service {
    /// The way of a request. Each step adds one fact; a refusal ends it.
    async fn steps(&self, request: Request) -> Result<Response, Refusal> {
        let (mut head, body) = request.into_parts();
        let peer = head.extensions.remove();
        self.edge.check(head.version, &head.uri, &head.headers)?;
        let principal = Principal::Anonymous;
        match head.method {
            Method::POST => {}
            Method::DELETE => {
                self.eras.end_session(&head.headers, &principal)?;
                return Ok(reply::no_content());
            }
            _ => return Err(Refusal::MethodNotAllowed { allow: "POST, DELETE" }),
        }
        decode::media_types(&head.headers)?;
        let received = decode::body(&head.headers, body, self.bodies, &self.budget).await?;
        let (answer, speaker) = {
            let message = decode::message(&received.bytes)?;
            let arrival = Arrival { headers: &head.headers, principal };
            match self.eras.resolve(&arrival, message, &self.desk.catalog)? {
                Turn::Accepted => return Ok(reply::accepted()),
                Turn::Answered { body, session } => return Ok(reply::answered(body, session)),
                Turn::Call { request, speaker } => (dispatch::answer(&self.desk, request), speaker),
            }
        };
        drop(received);
        Ok(match answer {
            Ok(dispatch::Answer::Done(outcome)) => reply::json(speaker.response(&Ok(outcome))),
            Ok(dispatch::Answer::Running(running)) => {
                reply::call(Drive::new(running, speaker, &self.orphans, peer)).await
            }
            Err(error) => reply::json(speaker.response(&Err(error))),
        })
    }
}
