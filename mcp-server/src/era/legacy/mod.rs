//! Revisions 2025-03-26, 2025-06-18 and 2025-11-25: an `initialize` opens a session, and requests belong to it.
//!
//! Source: [Lifecycle](https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle),
//! [Session management](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management).

mod sessions;

use std::sync::Arc;

use http::HeaderMap;
pub(super) use sessions::Session;
pub(crate) use sessions::{Listing, SessionLimits, Sessions};

use super::{
    Arrival, Eras, Speaker, Turn,
    headers::{SESSION, VERSION, once},
    is_modern, meta,
    modern::{declared_capabilities, progress_token},
    refused,
};
use crate::{
    call::Facts,
    dispatch::Request,
    error::{ProtocolError, Refusal},
    protocol::{
        json::{Json, Object},
        message::{Message, RequestId, begin_response, error_response, read_id, write_json},
        notification::Level,
        version::Revision,
    },
};

/// Finds the session of a message, or opens one.
pub(super) fn message<'a>(
    eras: &Eras,
    arrival: &Arrival<'_>,
    message: Message<'a>,
) -> Result<Turn<'a>, Refusal> {
    let session = once(arrival.headers, &SESSION)?;
    check_version(arrival.headers)?;
    match (message, session) {
        (Message::Request { id, method, params }, None) if method == "initialize" => {
            initialize(eras, arrival, &id, &params)
        }
        (_, None) => Err(Refusal::NoSession),
        (message, Some(session)) => {
            let session = eras.sessions.find(session, &arrival.principal)?;
            match message {
                Message::Request { id, method, params } => {
                    let request = Request { method, params, facts: Facts::default() };
                    in_session(eras, arrival, &session, (id, request))
                }
                Message::Notification { method, params } => {
                    if method == "notifications/cancelled" {
                        cancel(&session, params);
                    }
                    Ok(Turn::Accepted)
                }
                Message::Response => Ok(Turn::Accepted),
            }
        }
    }
}

/// "If the server receives a request with an invalid or unsupported `MCP-Protocol-Version`, it MUST respond
/// with 400 Bad Request."
pub(super) fn check_version(headers: &HeaderMap) -> Result<(), Refusal> {
    match once(headers, &VERSION)? {
        Some(version) if is_modern(version) || Revision::parse(version).is_none() => {
            let text = format!("`MCP-Protocol-Version: {version}` is not a revision that has sessions here");
            Err(refused(None, ProtocolError::InvalidRequest(text.into())))
        }
        _ => Ok(()),
    }
}

/// Opens a session: the revision the client asks for if it is spoken here, else the newest that has sessions.
fn initialize<'a>(
    eras: &Eras,
    arrival: &Arrival<'_>,
    id: &RequestId,
    params: &Object<'_>,
) -> Result<Turn<'a>, Refusal> {
    let Some(asked) = params.get("protocolVersion").and_then(Json::as_str) else {
        return Ok(failed(id, &ProtocolError::params("`protocolVersion` must be a string")));
    };
    let Some(declared) = params.get("capabilities").and_then(Json::as_object) else {
        return Ok(failed(id, &ProtocolError::params("`capabilities` must be an object")));
    };
    let revision = Revision::parse(asked).filter(|_| !is_modern(asked)).unwrap_or(Revision::NEWEST_LEGACY);
    let capabilities = declared_capabilities(declared);
    let session = eras.sessions.open(Session::new(arrival.principal.clone(), revision, capabilities))?;
    let mut body = Vec::with_capacity(512);
    begin_response(&mut body, id);
    write_json(&mut body, &eras.face.initialize(revision));
    body.push(b'}');
    Ok(Turn::Answered { body, session: Some(session) })
}

/// A request in a session. `ping` and `logging/setLevel` are about the session itself.
fn in_session<'a>(
    eras: &Eras,
    arrival: &Arrival<'_>,
    session: &Arc<Session>,
    (id, request): (RequestId, Request<'a>),
) -> Result<Turn<'a>, Refusal> {
    match &*request.method {
        "ping" => Ok(answered(&id)),
        "logging/setLevel" => match level(&request.params) {
            Ok(level) => {
                session.set_log_level(level);
                Ok(answered(&id))
            }
            Err(error) => Ok(failed(&id, &error)),
        },
        "initialize" => Err(refused(
            Some(id),
            ProtocolError::InvalidRequest(
                "this session is initialized; begin a new one without `Mcp-Session-Id`".into(),
            ),
        )),
        // A method of the modern era only.
        "server/discover" => Ok(failed(&id, &ProtocolError::MethodNotFound(request.method.into_owned()))),
        _ => {
            let token = meta(&request.params).map_or(Ok(None), progress_token);
            let progress_token = match token {
                Ok(token) => token,
                Err(error) => return Ok(failed(&id, &error)),
            };
            let facts = Facts {
                principal: arrival.principal.clone(),
                progress_token,
                log_level: Some(session.log_level()),
                capabilities: session.capabilities(),
            };
            let speaker =
                Speaker::new(Arc::clone(&eras.face), session.revision(), id, Some(Arc::clone(session)));
            Ok(Turn::Call { request: Request { facts, ..request }, speaker })
        }
    }
}

/// A cancellation of what is unknown or done already is ignored, as the revisions want.
fn cancel(session: &Session, mut params: Object<'_>) {
    if let Some(Ok(id)) = params.take("requestId").map(read_id) {
        session.cancel(&id);
    }
}

fn level(params: &Object<'_>) -> Result<Level, ProtocolError> {
    let level = params.get("level").and_then(Json::as_str).unwrap_or_default();
    level.parse().map_err(|error| ProtocolError::params(format!("`level`: {error}")))
}

/// An empty result.
fn answered<'a>(id: &RequestId) -> Turn<'a> {
    let mut body = Vec::with_capacity(64);
    begin_response(&mut body, id);
    body.extend_from_slice(b"{}}");
    Turn::Answered { body, session: None }
}

/// An error response. Clients of sessions read it at status 200 only.
fn failed<'a>(id: &RequestId, error: &ProtocolError) -> Turn<'a> {
    let body = error_response(Some(id), error.code(), &error.to_string(), error.data().as_ref());
    Turn::Answered { body, session: None }
}
