//! Which revision a request is of, and what that means.
//!
//! Takes a message and what arrived with it, gives a request in the newest revision's terms and a [`Speaker`] that
//! writes the answer as the client's revision wants it. Only this room knows that there are several. Knows
//! nothing of how bytes travel.
//!
//! A request that says its revision in `_meta` is modern; so is one whose header names a modern or unknown
//! revision. Everything else belongs to a session, or opens one.

mod down;
mod face;
pub(crate) mod headers;
mod legacy;
mod line;
mod mirror;
mod modern;
mod skills;
mod speaker;
mod tasks;

use std::sync::Arc;

use http::HeaderMap;

pub(crate) use face::{Face, Identity};
use headers::{SESSION, VERSION, once};
pub(crate) use legacy::{Listing, Reader, Session, SessionLimits, Sessions};
pub(crate) use line::{Cancel, Line};
use serde_json::{Value, json};
pub(crate) use speaker::{Response, Speaker};

use crate::{
    call::Principal,
    catalog::Offer,
    cluster::{Change, Changes, Events, Following},
    dispatch::Request,
    error::{ProtocolError, Refusal},
    protocol::{
        json::{Json, Object},
        message::{Message, RequestId, write_json},
        version::{Era, Revision},
    },
};

const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";

/// What a server needs to know to speak every revision.
#[derive(Debug)]
pub(crate) struct Eras {
    pub(crate) face: Arc<Face>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) changes: Changes,
    /// What the sessions' streams have said.
    pub(crate) events: Arc<dyn Events>,
}

/// What is to be done about a message.
// Nearly every message is a call, so a box would cost nearly every message an allocation.
#[allow(clippy::large_enum_variant)]
pub(crate) enum Turn<'a> {
    /// Nothing more: it was a notification.
    Accepted,
    /// This is the answer; a new session's id goes with it.
    Answered { body: Vec<u8>, session: Option<Arc<str>> },
    /// A method has to answer, and `speaker` says it.
    Call { request: Request<'a>, speaker: Speaker },
}

/// What arrived with a message.
pub(crate) struct Arrival<'h> {
    pub(crate) headers: &'h HeaderMap,
    pub(crate) principal: Principal,
}

impl Eras {
    /// Finds out what a message is, and checks it by the rules of its revision.
    pub(crate) fn resolve<'a>(
        &self,
        arrival: &Arrival<'_>,
        message: Message<'a>,
        offer: &Offer,
    ) -> Result<Turn<'a>, Refusal> {
        match (era(arrival.headers, &message)?, message) {
            (Era::Modern, Message::Request { id, method, params }) => {
                let check =
                    modern::Check { principal: &arrival.principal, headers: Some(arrival.headers), offer };
                check.request(&self.face, (id, method, params))
            }
            (Era::Modern, Message::Notification { .. }) => Ok(Turn::Accepted),
            (Era::Modern, Message::Response { .. }) => Err(modern::response()),
            (Era::Legacy, message) => legacy::message(self, arrival, message, offer),
        }
    }

    /// The session that an array of messages belongs to, if its revision knows such arrays.
    pub(crate) fn batching(&self, arrival: &Arrival<'_>) -> Result<Arc<Session>, Refusal> {
        legacy::batching(self, arrival)
    }

    /// What is to be done about one message of an array.
    pub(crate) fn resolve_batched<'a>(
        &self,
        owned: (&Arc<Session>, &Principal),
        message: Message<'a>,
        offer: &Offer,
    ) -> Result<Turn<'a>, Refusal> {
        Ok(match legacy::in_session(self, owned, of_an_array(message)?, offer, true)? {
            Turn::Call { request, speaker } => Turn::Call { request, speaker: speaker.batched() },
            turn => turn,
        })
    }

    /// Ends a session. The answer to `DELETE`.
    pub(crate) fn end_session(&self, headers: &HeaderMap, principal: &Principal) -> Result<(), Refusal> {
        let id = in_session(headers)?;
        self.sessions.end(id, principal)
    }

    /// The session that a client wants to hear a stream of, by `GET`.
    pub(crate) fn heard_session(
        &self,
        headers: &HeaderMap,
        principal: &Principal,
    ) -> Result<Arc<Session>, Refusal> {
        let id = in_session(headers)?;
        self.sessions.find(id, principal)
    }

    /// Tunes in to a stream of a session. Gives the number of the last event that the client has, and what follows
    /// it when that is known.
    pub(crate) async fn tune_in(
        &self,
        session: &Arc<Session>,
        headers: &HeaderMap,
        reader: (&Principal, &Offer),
    ) -> Result<(Reader, u64, Option<Following>), Refusal> {
        legacy::tune_in(session, headers, reader, &*self.events).await
    }
}

/// The session's id in a request of an HTTP method that only sessions have.
fn in_session(headers: &HeaderMap) -> Result<&str, Refusal> {
    let version = once(headers, &VERSION)?.and_then(Revision::parse);
    if version.is_some_and(|revision| revision.era() == Era::Modern) {
        return Err(Refusal::MethodNotAllowed { allow: "POST" });
    }
    legacy::check_version(headers)?;
    once(headers, &SESSION)?.ok_or(Refusal::NoSession)
}

/// The lifecycle that a message belongs to.
fn era(headers: &HeaderMap, message: &Message<'_>) -> Result<Era, Refusal> {
    let (Message::Request { params, .. } | Message::Notification { params, .. }) = message else {
        return Ok(if headers.contains_key(&SESSION) { Era::Legacy } else { Era::Modern });
    };
    if says_version(params) {
        return Ok(Era::Modern);
    }
    let version = once(headers, &VERSION)?;
    // In a session an unknown revision is the session's error.
    let spoken = version.is_some_and(|version| Revision::parse(version).is_some());
    let modern = version.is_some_and(is_modern) && (spoken || !headers.contains_key(&SESSION));
    Ok(if modern { Era::Modern } else { Era::Legacy })
}

/// Whether a version header's value leaves the sessions' world: a modern revision, or one nobody knows.
fn is_modern(version: &str) -> bool {
    Revision::parse(version).is_none_or(|revision| revision.era() == Era::Modern)
}

/// A message of an array. Modern requests stand alone.
pub(crate) fn of_an_array(message: Message<'_>) -> Result<Message<'_>, Refusal> {
    match message {
        Message::Request { id, params, .. } if says_version(&params) => {
            let text = "JSON-RPC batches exist in revision 2025-03-26 only; a request that says its revision stands alone";
            Err(refused(Some(id), ProtocolError::InvalidRequest(text.into())))
        }
        message => Ok(message),
    }
}

/// Whether parameters say their revision themselves.
fn says_version(params: &Object<'_>) -> bool {
    meta(params).is_some_and(|meta| meta.get(META_VERSION).is_some())
}

fn meta<'p, 'a>(params: &'p Object<'a>) -> Option<&'p Object<'a>> {
    params.get("_meta").and_then(Json::as_object)
}

/// A refusal for a protocol error.
fn refused(id: Option<RequestId>, error: ProtocolError) -> Refusal {
    Refusal::Protocol { id, error }
}

/// What a change is called, and what is said of it.
fn change(change: &Change) -> (&'static str, Value) {
    match change {
        Change::Tools => ("notifications/tools/list_changed", json!({})),
        Change::Prompts => ("notifications/prompts/list_changed", json!({})),
        Change::Resources => ("notifications/resources/list_changed", json!({})),
        Change::Updated(uri) => ("notifications/resources/updated", json!({ "uri": **uri })),
        // Nobody hears of one without what became of it.
        Change::Task(id) => ("notifications/tasks", json!({ "taskId": **id })),
    }
}

/// A notification as a message.
fn notification(method: &str, params: Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    write_json(&mut out, &json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    out
}
