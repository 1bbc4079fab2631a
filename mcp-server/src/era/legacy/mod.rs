//! Revisions 2024-11-05 to 2025-11-25: an `initialize` opens a session, and requests belong to it.
//!
//! Source: [Lifecycle](https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle),
//! [Session management](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management).

mod eviction;
mod session;
mod sessions;
mod streams;

use std::sync::Arc;

use http::HeaderMap;
pub(crate) use session::{Listing, Session};
pub(crate) use sessions::{SessionLimits, Sessions};
pub(crate) use streams::Reader;

use super::{
    Arrival, Eras, Speaker, Turn,
    down::{self, Feature, knows},
    headers::{LAST_EVENT_ID, SESSION, VERSION, once},
    is_modern, meta,
    modern::{declared_capabilities, progress_token, trace},
    refused,
};
use crate::{
    call::{Facts, Principal, Way},
    catalog::{Kind, Offer},
    cluster::{Events, Following},
    dispatch::Request,
    error::{ProtocolError, Refusal},
    guard,
    protocol::{
        json::{Json, Object},
        message::{Message, RequestId, begin_response, error_response, read_id},
        notification::Level,
        uri::CanonicalUri,
        version::Revision,
    },
    scope::ScopeSet,
};

/// Finds the session of a message, or opens one.
pub(super) fn message<'a>(
    eras: &Eras,
    arrival: &Arrival<'_>,
    message: Message<'a>,
    offer: &Offer,
) -> Result<Turn<'a>, Refusal> {
    let session = once(arrival.headers, &SESSION)?;
    check_version(arrival.headers)?;
    match (message, session) {
        (Message::Request { id, method, params }, None) if method == "initialize" => {
            match opened(eras, &arrival.principal, &params) {
                Ok(session) => {
                    eras.sessions.admit(&session);
                    let body = welcome(eras, &id, &session, offer);
                    Ok(Turn::Answered { body, session: Some(Arc::clone(session.id())) })
                }
                Err(error) => Ok(failed(&id, &error)),
            }
        }
        (_, None) => Err(Refusal::NoSession),
        (message, Some(session)) => {
            let session = eras.sessions.find(session, &arrival.principal)?;
            in_session(eras, (&session, &arrival.principal), message, offer, true)
        }
    }
}

/// The session of an array of messages. Only revision 2025-03-26 knows such arrays.
pub(super) fn batching(eras: &Eras, arrival: &Arrival<'_>) -> Result<Arc<Session>, Refusal> {
    let session = once(arrival.headers, &SESSION)?;
    check_version(arrival.headers)?;
    let session = session.map(|id| eras.sessions.find(id, &arrival.principal)).transpose()?;
    match session {
        Some(session) if session.revision() == Revision::V2025_03_26 => Ok(session),
        _ => {
            let text = "a body holds one message; JSON-RPC batches belong to sessions of revision 2025-03-26";
            Err(refused(None, ProtocolError::InvalidRequest(text.into())))
        }
    }
}

/// Tunes in to a stream of a session: the one that the client's last event is of, else the session's own. Gives the
/// number of that event, and what follows it when that is known.
///
/// A client that asks in vain changes nothing: whoever reads the stream goes on reading, and its calls go on.
///
/// What came of calls is for readers who have what these needed.
pub(super) async fn tune_in(
    session: &Arc<Session>,
    headers: &HeaderMap,
    (principal, offer): (&Principal, &Offer),
    events: &dyn Events,
) -> Result<(Reader, u64, Option<Following>), Refusal> {
    let Some(event) = once(headers, &LAST_EVENT_ID)? else {
        let (reader, number) = session.tune_in_now();
        return Ok((reader, number, None));
    };
    let place = session.place(event).ok_or(Refusal::UnknownEvent)?;
    if !place.is_own() {
        let scope = events.scope(session.key(place.stream)).await.ok_or(Refusal::ForgottenEvents)?;
        if !guard::has_all(offer, principal, scope.split_ascii_whitespace()) {
            return Err(refused(None, guard::refusal(principal, scope.as_ref().to_owned())));
        }
    }
    match events.after(session.key(place.stream), place.number).await {
        Following::Unknown => Err(Refusal::UnknownEvent),
        Following::Gone => Err(Refusal::ForgottenEvents),
        // Of a stream that has ended, its end at least should follow.
        Following::Nothing if !place.goes_on => Err(Refusal::ForgottenEvents),
        following => Ok((session.tune_in(place.stream, place.number), place.number, Some(following))),
    }
}

/// "If the server receives a request with an invalid or unsupported `MCP-Protocol-Version`, it MUST respond
/// with 400 Bad Request."
pub(super) fn check_version(headers: &HeaderMap) -> Result<(), Refusal> {
    match once(headers, &VERSION)? {
        Some(version) if is_modern(version) => {
            let text = format!("`MCP-Protocol-Version: {version}` is not a revision that has sessions here");
            Err(refused(None, ProtocolError::InvalidRequest(text.into())))
        }
        _ => Ok(()),
    }
}

/// A session as `initialize` asks for it: of the revision that the client asks for if it is spoken here, else of the
/// newest that has sessions.
pub(super) fn opened(
    eras: &Eras,
    principal: &Principal,
    params: &Object<'_>,
) -> Result<Arc<Session>, ProtocolError> {
    let Some(asked) = params.get("protocolVersion").and_then(Json::as_str) else {
        return Err(ProtocolError::params("`protocolVersion` must be a string"));
    };
    let Some(declared) = params.get("capabilities").and_then(Json::as_object) else {
        return Err(ProtocolError::params("`capabilities` must be an object"));
    };
    let revision = Revision::parse(asked).filter(|_| !is_modern(asked)).unwrap_or(Revision::NEWEST_LEGACY);
    let capabilities = down::capabilities(declared_capabilities(declared), revision);
    let session = Session::open(principal.owner(), revision, capabilities, &eras.changes)?;
    Ok(Arc::new(session))
}

/// The answer to `initialize`.
pub(super) fn welcome(eras: &Eras, id: &RequestId, session: &Session, offer: &Offer) -> Vec<u8> {
    let mut body = Vec::with_capacity(512);
    begin_response(&mut body, id);
    eras.face.write_initialize(&mut body, offer, session.revision());
    body.push(b'}');
    body
}

/// What is to be done about a message in a session.
pub(super) fn in_session<'a>(
    eras: &Eras,
    (session, principal): (&Arc<Session>, &Principal),
    message: Message<'a>,
    offer: &Offer,
    resumable: bool,
) -> Result<Turn<'a>, Refusal> {
    Ok(match message {
        Message::Request { id, method, params } => {
            let request = Request { method, params, facts: Facts::default() };
            match own_method((session, principal), &request, offer) {
                Some(Ok(())) => answered(&id),
                Some(Err(error)) => failed(&id, &error),
                None => call(eras, (session, principal), (id, request), resumable),
            }
        }
        Message::Notification { method, params } => {
            // Also with a token that the call wouldn't be begun with: it tells nothing, and whoever began it may want it
            // to end because they have no better token any more.
            if method == "notifications/cancelled"
                && let Some(id) = cancelled(params)
            {
                session.cancel(&id);
            }
            Turn::Accepted
        }
        Message::Response { id, answer } => {
            if let Some(id) = id {
                // What feeds a call needs what the call needed.
                let permitted = guard::permit_set(offer, principal, session.needed_to_answer(&id));
                permitted.map_err(|error| refused(None, error))?;
                session.answered(&id, answer);
            }
            Turn::Accepted
        }
    })
}

/// The methods that are about the session itself. Each has an empty result, or an error.
fn own_method(
    (session, principal): (&Session, &Principal),
    request: &Request<'_>,
    offer: &Offer,
) -> Option<Result<(), ProtocolError>> {
    let params = &request.params;
    Some(match &*request.method {
        "ping" => Ok(()),
        "logging/setLevel" => level(params).map(|level| session.set_log_level(level)),
        "resources/subscribe" if offer.offers(Kind::Resources) => uri(params).and_then(|uri| {
            // What somebody may not use is as good as not there.
            if !guard::may_read(offer, principal, &uri) {
                return Err(ProtocolError::NotFound { uri: uri.as_str().to_owned() });
            }
            session
                .changes()
                .subscribe(uri.as_str())
                .map_err(|error| ProtocolError::Failed(error.to_string()))
        }),
        "resources/unsubscribe" if offer.offers(Kind::Resources) => {
            uri(params).map(|uri| session.changes().unsubscribe(uri.as_str()))
        }
        "initialize" => {
            let text = "this session is initialized; begin a new one without `Mcp-Session-Id`";
            Err(ProtocolError::InvalidRequest(text.into()))
        }
        // Methods of the modern era only.
        "server/discover"
        | "subscriptions/listen"
        | "skills/list"
        | "skills/get"
        | "resources/directory/read"
        | "tasks/get"
        | "tasks/update"
        | "tasks/cancel" => Err(ProtocolError::MethodNotFound(request.method.as_ref().to_owned())),
        _ => return None,
    })
}

/// A request that a method has to answer.
fn call<'a>(
    eras: &Eras,
    (session, principal): (&Arc<Session>, &Principal),
    (id, request): (RequestId, Request<'a>),
    resumable: bool,
) -> Turn<'a> {
    let progress_token = match meta(&request.params).map_or(Ok(None), progress_token) {
        Ok(token) => token,
        Err(error) => return failed(&id, &error),
    };
    let facts = Facts {
        principal: principal.clone(),
        need: ScopeSet::default(),
        progress_token,
        log_level: Some(session.log_level()),
        capabilities: session.capabilities(),
        resumable: resumable && knows(session.revision(), Feature::Polling),
        trace: meta(&request.params).and_then(trace),
        way: Way::Send,
        brought: None,
        permit: None,
    };
    let speaker = Speaker::new(Arc::clone(&eras.face), session.revision(), id, Some(Arc::clone(session)));
    Turn::Call { request: Request { facts, ..request }, speaker }
}

/// The request that a notification cancels. What is unknown or done already is ignored, as the revisions want.
pub(super) fn cancelled(mut params: Object<'_>) -> Option<RequestId> {
    params.take("requestId").map(read_id)?.ok()
}

fn level(params: &Object<'_>) -> Result<Level, ProtocolError> {
    let level = params.get("level").and_then(Json::as_str).unwrap_or_default();
    level.parse().map_err(|error| ProtocolError::params(format!("`level`: {error}")))
}

fn uri<'p>(params: &'p Object<'_>) -> Result<CanonicalUri<'p>, ProtocolError> {
    let uri = params.get("uri").and_then(Json::as_str);
    let uri = uri.ok_or_else(|| ProtocolError::params("`uri` must be a string"))?;
    CanonicalUri::read(uri).map_err(|error| ProtocolError::params(format!("`uri`: {error}")))
}

/// An empty result.
fn answered<'a>(id: &RequestId) -> Turn<'a> {
    let mut body = Vec::with_capacity(64);
    begin_response(&mut body, id);
    body.extend_from_slice(b"{}}");
    Turn::Answered { body, session: None }
}

/// An error response. Clients of sessions read it at status 200 only.
pub(super) fn failed<'a>(id: &RequestId, error: &ProtocolError) -> Turn<'a> {
    // The only error of this kind has another code in these revisions.
    let code = super::down::code(error, Revision::NEWEST_LEGACY);
    let body = error_response(Some(id), code, &error.to_string(), error.data().as_ref());
    Turn::Answered { body, session: None }
}
