//! The wire's edge: HTTP in, HTTP out.
//!
//! Takes axum requests, gives axum responses. [`Service::steps`] is the whole way of a request, in order. This
//! room alone knows axum and hyper; it knows nothing of what a method means.

mod admission;
mod connections;
mod decode;
mod descriptors;
mod edge;
mod foreign;
mod legacy_sse;
mod listen;
mod peer;
mod progress;
mod reply;
mod sse;
mod unread;
mod watched;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
    routing::any,
};
use http::{HeaderMap, Method, request::Parts};
use tower_http::cors::CorsLayer;

pub(crate) use connections::ConnectionLimits;
#[cfg(test)]
pub(crate) use connections::{HEAD_BYTES, HEAD_BYTES_EACH};
use decode::Received;
pub(crate) use edge::Edge;
pub(crate) use foreign::ForeignNames;
pub(crate) use legacy_sse::Lines;
pub(crate) use listen::serve;
use peer::Peer;
use sse::Left;
pub(crate) use unread::Unread;
use watched::Watched;

use crate::{
    auth::Door,
    call::Principal,
    dispatch::{self, Answer, Subscription},
    drive::{self, Engine, Hearing, MOST_BATCHED, Steps, Told},
    era::{
        Arrival, Session, Speaker, Turn,
        headers::{SESSION, VERSION},
    },
    error::{ProtocolError, Refusal},
    protocol::{
        json::{self, Json},
        message::Message,
    },
    quota::Quota,
};

/// The path of the MCP endpoint.
pub(crate) const ENDPOINT: &str = "/mcp";

/// Everything that answers requests.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) edge: Edge,
    pub(crate) foreign: ForeignNames,
    /// Who may come in; without one, everybody.
    pub(crate) door: Option<Door>,
    pub(crate) bodies: BodyLimits,
    /// The bytes of bodies that are in memory.
    pub(crate) body_bytes: Quota,
    /// The bytes of responses that their clients haven't read.
    pub(crate) unread: Unread,
    pub(crate) engine: Arc<Engine>,
    /// The connections of clients of 2024-11-05, where these are let in.
    pub(crate) lines: Option<Lines>,
}

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
    let mut router = Router::new().route(ENDPOINT, any(endpoint));
    if service.lines.is_some() {
        router = legacy_sse::routes(router);
    }
    let router = match cors {
        // Refused origins get no preflight answered either: the edge stands before CORS too.
        Some(cors) => with_cors(router, cors, &service),
        None => router,
    };
    admission::routes(router, &service).with_state(service)
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
    match service.check_request(&request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => reply::refusal(&refusal),
    }
}

async fn endpoint(State(service): State<Arc<Service>>, request: Request) -> Response {
    // Taken apart here: a future has room for all that is moved through it.
    let (mut head, body) = request.into_parts();
    service.steps(&mut head, body).await.unwrap_or_else(|refusal| service.refuse(&refusal))
}

impl Service {
    /// The way of a request. Each step adds one fact; a refusal ends it.
    async fn steps(&self, head: &mut Parts, body: Body) -> Result<Response, Refusal> {
        let peer: Option<Peer> = head.extensions.remove();
        let named = (head.version, &head.uri, &head.headers);
        self.check_edge(named, (&head.extensions, peer.as_ref()))?;
        if !matches!(head.method, Method::GET | Method::POST | Method::DELETE) {
            return Err(Refusal::MethodNotAllowed { allow: "GET, POST, DELETE" });
        }
        let principal = self.admit(head, peer.as_ref()).await?;
        match head.method {
            // A client of 2024 that was given this address opens its stream here.
            Method::GET if self.lines.is_some() && is_bare(head) => {
                return self.unread.count(self.open_line(head, &principal)?, &principal);
            }
            // Boxed: it is rare, and takes no room in every request.
            Method::GET => {
                let stream = Box::pin(self.tune_in(head, &principal)).await?;
                return self.unread.count(stream, &principal);
            }
            Method::DELETE => {
                self.engine.eras.end_session(&head.headers, &principal)?;
                return Ok(reply::no_content());
            }
            _ => {}
        }
        let guest = if principal.is_stranger() { peer.clone() } else { None };
        let left = self.left(&principal);
        decode::media_types(&head.headers)?;
        let received = self.receive(&head.headers, body, &principal).await?;
        let offer = self.engine.offer.load();
        let (answer, speaker) = {
            let arrival = Arrival { headers: &head.headers, principal: principal.clone() };
            let message = match json::parse(&received.bytes)? {
                Json::Array(items) => {
                    return self.unread.count(self.batch(&arrival, items)?, &principal);
                }
                json => Message::read(json)?,
            };
            match self.engine.eras.resolve(&arrival, message, &offer)? {
                Turn::Accepted => return Ok(reply::accepted()),
                Turn::Answered { body, session } => {
                    return self.unread.count(reply::answered(body, session.as_deref()), &principal);
                }
                Turn::Call { request, speaker } => {
                    (dispatch::answer(&self.engine.desk, &offer, request), speaker)
                }
            }
        };
        drop((received, offer));
        let response = match answer {
            Ok(Answer::Done(outcome)) => reply::json(speaker.response(&Ok(outcome))),
            Ok(Answer::Running(running)) => {
                let steps = Steps::new(running, speaker);
                reply::call(&self.engine, Watched::new(steps, &self.engine.orphans, peer), left).await?
            }
            Ok(Answer::Listening(subscription)) => Box::pin(self.listen(subscription, speaker, left)).await?,
            Err(error) if error.has_own_status() => {
                return Err(Refusal::Protocol { id: Some(speaker.id().clone()), error });
            }
            Err(error) => reply::json(speaker.response(&Err(error))),
        };
        if let Some(guest) = guest {
            guest.admitted(&principal);
        }
        self.unread.count(response, &principal)
    }

    /// A client that listens, if it may hear of what it asks for.
    async fn listen(
        &self,
        mut subscription: Box<Subscription>,
        speaker: Speaker,
        left: Left,
    ) -> Result<Response, Refusal> {
        let offer = self.engine.offer.load_full();
        match subscription.permit(&offer).await {
            Ok(()) => Ok(reply::listening(&self.engine, subscription, speaker, left)),
            Err(error) if error.has_own_status() => {
                Err(Refusal::Protocol { id: Some(speaker.id().clone()), error })
            }
            Err(error) => Ok(reply::json(speaker.response(&Err(error)))),
        }
    }

    /// A request's body, whose bytes count to its caller's share.
    async fn receive(
        &self,
        headers: &HeaderMap,
        body: Body,
        principal: &Principal,
    ) -> Result<Received, Refusal> {
        decode::body(headers, body, self.bodies, (&self.body_bytes, principal.owner().share())).await
    }

    /// How long a caller's token is good.
    fn left(&self, principal: &Principal) -> Left {
        Some(principal.expires()?.saturating_sub(self.engine.desk.surroundings.clock.wall()))
    }

    /// A stream of a session: its own, or one that is taken up again after its client's last event.
    async fn tune_in(&self, head: &Parts, principal: &Principal) -> Result<Response, Refusal> {
        let eras = &self.engine.eras;
        let session = eras.heard_session(&head.headers, principal)?;
        decode::takes_streams(&head.headers)?;
        let offer = self.engine.offer.load_full();
        let (reader, number, first) = eras.tune_in(&session, &head.headers, (principal, &offer)).await?;
        // A stream that is opened says where it is to be taken up again; one that is taken up has said so.
        let prime = reader.is_own() && reader.session().primes_streams();
        let hearing = Hearing::new(Arc::clone(&self.engine), reader, number, first).by(principal.clone());
        Ok(reply::heard(hearing, number, prime, self.left(principal)))
    }

    /// An array of messages, each of which is checked alone. Revision 2025-03-26 only.
    fn batch(&self, arrival: &Arrival<'_>, items: Vec<Json<'_>>) -> Result<Response, Refusal> {
        let session = self.engine.eras.batching(arrival)?;
        if items.is_empty() || items.len() > MOST_BATCHED {
            let text = format!("a batch holds 1 to {MOST_BATCHED} messages");
            return Err(ProtocolError::InvalidRequest(text.into()).into());
        }
        let messages: Vec<_> = items.into_iter().map(Message::read).collect();
        let readable = || messages.iter().filter_map(|message| message.as_ref().ok());
        // All of it or nothing: one challenge names everything that is missing.
        let (desk, offer) = (&self.engine.desk, self.engine.offer.load_full());
        let answers = session.needed_for(readable());
        dispatch::permit_all((desk, &offer), &arrival.principal, readable(), answers)?;
        let need = dispatch::needed(&offer, &arrival.principal, readable());
        let (mut answered, mut calls, mut limited) = (Vec::new(), Vec::new(), Vec::new());
        for message in messages {
            let message = message.map_err(Refusal::from);
            match message.and_then(|message| self.batched((&session, &arrival.principal), message)) {
                Ok(Batched::Nothing) => {}
                Ok(Batched::Answered(body)) => answered.push(body),
                Ok(Batched::Call(steps)) => calls.push(*steps),
                Ok(Batched::Limited(body, retry_after)) => {
                    limited.push(retry_after);
                    answered.push(body);
                }
                Err(refusal) => answered.push(drive::refused(&refusal)),
            }
        }
        Ok(match (answered.is_empty(), calls.is_empty()) {
            (true, true) => reply::accepted(),
            (false, true) if limited.len() == answered.len() => {
                let retry_after = limited.into_iter().max().unwrap_or_default();
                reply::limited(drive::array(&answered), retry_after)
            }
            (false, true) => reply::answered(drive::array(&answered), None),
            (_, false) => {
                let left = self.left(&arrival.principal);
                reply::told(&self.engine, &session, Told::several(calls, answered, need), left)
            }
        })
    }

    fn batched(&self, owned: (&Arc<Session>, &Principal), message: Message<'_>) -> Result<Batched, Refusal> {
        let offer = self.engine.offer.load();
        Ok(match self.engine.eras.resolve_batched(owned, message, &offer)? {
            Turn::Accepted => Batched::Nothing,
            Turn::Answered { body, .. } => Batched::Answered(body),
            Turn::Call { request, speaker } => match dispatch::answer(&self.engine.desk, &offer, request) {
                Ok(Answer::Done(outcome)) => Batched::Answered(speaker.response(&Ok(outcome)).body),
                Ok(Answer::Running(running)) => Batched::Call(Box::new(Steps::new(running, speaker))),
                // A method of the modern era, which has no arrays.
                Ok(Answer::Listening(_)) => Batched::Nothing,
                Err(error) => {
                    let retry_after = error.retry_after();
                    let body = speaker.response(&Err(error)).body;
                    match retry_after {
                        Some(time) => Batched::Limited(body, time),
                        None => Batched::Answered(body),
                    }
                }
            },
        })
    }
}

/// Whether a request says neither its revision nor its session.
fn is_bare(head: &Parts) -> bool {
    !head.headers.contains_key(&SESSION) && !head.headers.contains_key(&VERSION)
}

/// What becomes of one message of an array.
enum Batched {
    Nothing,
    Answered(Vec<u8>),
    /// Refused by a limit of its caller's.
    Limited(Vec<u8>, Duration),
    Call(Box<Steps>),
}
