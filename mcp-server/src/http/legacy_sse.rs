//! HTTP with SSE, the transport of revision 2024-11-05: a stream that carries every message to the client, and an
//! endpoint that takes every message from it.
//!
//! Source: [HTTP with SSE](https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse).

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
    routing::{get, post},
};
use bytes::{Bytes, BytesMut};
use http::request::Parts;
use papaya::HashMap;
use tokio::sync::mpsc;
use url::form_urlencoded;

use super::{
    Service, decode, reply,
    sse::{Events, Source, Written},
};
use crate::{
    call::Principal,
    drive::{Engine, MOST_UNWRITTEN, Talk},
    error::Refusal,
    quota::{Permit, Quota},
    secret::secret,
};

/// Where a client opens its stream.
const STREAM: &str = "/sse";

/// Where it sends its messages.
const MESSAGES: &str = "/messages";

/// The open connections of these clients, by their ids. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Lines {
    open: Arc<HashMap<Arc<str>, Arc<Talk>>>,
    quota: Quota,
}

impl Lines {
    /// `total` connections, `each` of them of one caller.
    pub(crate) fn new(total: usize, each: usize) -> Self {
        Self { open: Arc::default(), quota: Quota::new(total, each) }
    }

    /// Lets a connection in. At a limit it is refused: unlike a session's, the connections of these clients are in use.
    fn open(&self, talk: Arc<Talk>) -> Result<(Arc<str>, Permit), Refusal> {
        let permit = self.quota.take(talk.owner().share(), 1).map_err(Refusal::TooManyStreams)?;
        let id: Arc<str> = secret()?.into();
        self.open.pin().insert(Arc::clone(&id), talk);
        Ok((id, permit))
    }

    /// The connection of that id, if it is this principal's. Somebody else's is as unknown as none.
    fn find(&self, id: &str, principal: &Principal) -> Option<Arc<Talk>> {
        self.open.pin().get(id).filter(|talk| principal.owns(talk.owner())).cloned()
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").field("open", &self.open.len()).finish_non_exhaustive()
    }
}

/// Adds the two endpoints.
pub(super) fn routes(router: Router<Arc<Service>>) -> Router<Arc<Service>> {
    router.route(STREAM, get(stream).fallback(only_get)).route(MESSAGES, post(messages).fallback(only_post))
}

async fn stream(State(service): State<Arc<Service>>, request: Request) -> Response {
    service.take_line(request).await.unwrap_or_else(|refusal| service.refuse(&refusal))
}

async fn messages(State(service): State<Arc<Service>>, request: Request) -> Response {
    service.take_message(request).await.unwrap_or_else(|refusal| service.refuse(&refusal))
}

async fn only_get(State(service): State<Arc<Service>>, request: Request) -> Response {
    service.refuse_method(&request, "GET")
}

async fn only_post(State(service): State<Arc<Service>>, request: Request) -> Response {
    service.refuse_method(&request, "POST")
}

impl Service {
    /// The edge stands before every method, also before those that do nothing.
    fn refuse_method(&self, request: &Request, allow: &'static str) -> Response {
        let checked = self.check_request(request);
        reply::refusal(&checked.err().unwrap_or(Refusal::MethodNotAllowed { allow }))
    }

    async fn take_line(&self, request: Request) -> Result<Response, Refusal> {
        self.check_request(&request)?;
        let (head, _) = request.into_parts();
        let principal = self.admit(&head, head.extensions.get()).await?;
        self.unread.count(self.open_line(&head, &principal)?, &principal)
    }

    /// Opens a client's stream, which begins with the address for its messages.
    pub(super) fn open_line(&self, head: &Parts, principal: &Principal) -> Result<Response, Refusal> {
        decode::takes_streams(&head.headers)?;
        let lines = self.lines.as_ref().ok_or(Refusal::NotFound)?;
        let (out, spoken) = mpsc::channel(MOST_UNWRITTEN);
        let talk = Arc::new(Talk::new(Arc::clone(&self.engine), principal, false, out));
        let opened = lines.open(Arc::clone(&talk))?;
        let spoken = Spoken::new(&self.engine, (lines.clone(), opened), talk, spoken);
        Ok(reply::stream(Body::new(Events::new(spoken).for_only(self.left(principal)))))
    }

    /// Takes a message, which is answered on the stream.
    async fn take_message(&self, request: Request) -> Result<Response, Refusal> {
        self.check_request(&request)?;
        let (head, body) = request.into_parts();
        let principal = self.admit(&head, head.extensions.get()).await?;
        decode::is_json(&head.headers)?;
        let query = head.uri.query().unwrap_or_default();
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let id = pairs.find(|(name, _)| name == SESSION).map(|(_, id)| id).ok_or(Refusal::NoLine)?;
        let lines = self.lines.as_ref().ok_or(Refusal::NotFound)?;
        let talk = lines.find(&id, &principal).ok_or(Refusal::UnknownLine)?;
        let received = self.receive(&head.headers, body, &principal).await?;
        let asks = talk.asks(&received.bytes)?;
        if !principal.is_trusted() {
            talk.permit(&principal, &received.bytes)?;
        }
        // What asks for nothing needs no place: a client that doesn't read may cancel all the same.
        if !asks {
            talk.answer(talk.take(&principal, &received.bytes)).await;
            return Ok(reply::accepted());
        }
        let place = talk.place(received.bytes.len()).await?;
        let taken = talk.take(&principal, &received.bytes);
        // What waits for its client takes no room from the bodies of others.
        drop(received);
        talk.answer_in(place, taken).await;
        Ok(reply::accepted())
    }
}

/// The parameter of the address that says whose message it is.
const SESSION: &str = "sessionId";

/// How many bytes of messages are joined to one piece, unless one message is larger.
const MOST_JOINED: usize = 64 * 1024;

/// Everything that a client is told.
struct Spoken {
    /// The address for messages, until it is sent.
    address: Option<String>,
    messages: mpsc::Receiver<Bytes>,
    changes: Pin<Box<dyn Future<Output = ()> + Send>>,
    stopped: Pin<Box<dyn Future<Output = ()> + Send>>,
    lines: Lines,
    id: Arc<str>,
    talk: Arc<Talk>,
    _permit: Permit,
}

impl Spoken {
    fn new(
        engine: &Engine,
        (lines, (id, permit)): (Lines, (Arc<str>, Permit)),
        talk: Arc<Talk>,
        messages: mpsc::Receiver<Bytes>,
    ) -> Self {
        let listener = Arc::clone(&talk);
        Self {
            address: Some(format!("{MESSAGES}?{SESSION}={id}")),
            messages,
            changes: Box::pin(async move { listener.tell_changes().await }),
            stopped: Box::pin(engine.stopped()),
            lines,
            id,
            talk,
            _permit: permit,
        }
    }
}

impl Source for Spoken {
    fn poll_write(&mut self, context: &mut Context<'_>, out: &mut BytesMut) -> Poll<Written> {
        if let Some(address) = self.address.take() {
            named(out, "endpoint", address.as_bytes());
            return Poll::Ready(Written::Some);
        }
        if self.stopped.as_mut().poll(context).is_ready() {
            return Poll::Ready(Written::Last);
        }
        // It only ends with the connection.
        let _ = self.changes.as_mut().poll(context);
        let Some(message) = ready!(self.messages.poll_recv(context)) else {
            return Poll::Ready(Written::Last);
        };
        named(out, "message", &message);
        // What isn't joined stays where it is counted.
        while out.len() < MOST_JOINED
            && let Ok(message) = self.messages.try_recv()
        {
            named(out, "message", &message);
        }
        Poll::Ready(Written::Some)
    }
}

/// The client has gone: its session ends, and with it everything that runs.
impl Drop for Spoken {
    fn drop(&mut self) {
        self.lines.open.pin().remove(&self.id);
        self.talk.hang_up();
    }
}

/// Appends one event with a name.
fn named(out: &mut BytesMut, name: &str, data: &[u8]) {
    out.extend_from_slice(b"event: ");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\ndata: ");
    out.extend_from_slice(data);
    out.extend_from_slice(b"\n\n");
}
