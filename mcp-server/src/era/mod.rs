//! Which revision a request is of, and what that means.
//!
//! Takes a message and its headers, gives a request in the newest revision's terms and a [`Speaker`] that
//! writes the answer as the client's revision wants it. Only this room knows that there are several. Knows
//! nothing of how bytes travel.
//!
//! A request that says its revision in `_meta` is modern; so is one whose header names a modern or unknown
//! revision. Everything else belongs to a session, or opens one.

mod down;
mod face;
pub(crate) mod headers;
mod legacy;
mod mirror;
mod modern;
mod speaker;

use std::sync::Arc;

use http::HeaderMap;

pub(crate) use face::{Face, Identity};
use headers::{SESSION, VERSION, once};
pub(crate) use legacy::{Listing, SessionLimits, Sessions};
pub(crate) use speaker::{Response, Speaker};

use crate::{
    call::Principal,
    catalog::Catalog,
    dispatch::Request,
    error::{ProtocolError, Refusal},
    protocol::{
        json::{Json, Object},
        message::{Message, RequestId},
        version::{Era, Revision},
    },
};

const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";

/// What a server needs to know to speak every revision.
#[derive(Debug)]
pub(crate) struct Eras {
    pub(crate) face: Arc<Face>,
    pub(crate) sessions: Sessions,
}

/// What is to be done about a message.
pub(crate) enum Turn<'a> {
    /// Nothing more: it was a notification.
    Accepted,
    /// This is the answer; a new session's id goes with it.
    Answered { body: Vec<u8>, session: Option<String> },
    /// A method has to answer, and `speaker` says it.
    Call { request: Request<'a>, speaker: Speaker },
}

/// A message with what arrived around it.
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
        catalog: &Catalog,
    ) -> Result<Turn<'a>, Refusal> {
        match (era(arrival.headers, &message)?, message) {
            (Era::Modern, Message::Request { id, method, params }) => {
                modern::request(&self.face, arrival, (id, method, params), catalog)
            }
            (Era::Modern, Message::Notification { .. }) => Ok(Turn::Accepted),
            (Era::Modern, Message::Response) => Err(modern::response()),
            (Era::Legacy, message) => legacy::message(self, arrival, message),
        }
    }

    /// Ends a session. The answer to `DELETE`.
    pub(crate) fn end_session(&self, headers: &HeaderMap, principal: &Principal) -> Result<(), Refusal> {
        let version = once(headers, &VERSION)?.and_then(Revision::parse);
        if version.is_some_and(|revision| revision.era() == Era::Modern) {
            return Err(Refusal::MethodNotAllowed { allow: "POST" });
        }
        legacy::check_version(headers)?;
        let id = once(headers, &SESSION)?.ok_or(Refusal::NoSession)?;
        self.sessions.end(id, principal)
    }
}

/// The lifecycle that a message belongs to.
fn era(headers: &HeaderMap, message: &Message<'_>) -> Result<Era, Refusal> {
    let (Message::Request { params, .. } | Message::Notification { params, .. }) = message else {
        return Ok(if headers.contains_key(&SESSION) { Era::Legacy } else { Era::Modern });
    };
    if meta(params).is_some_and(|meta| meta.get(META_VERSION).is_some()) {
        return Ok(Era::Modern);
    }
    let version = once(headers, &VERSION)?;
    // In a session an unknown revision is the session's error.
    let spoken = version.is_some_and(|version| Revision::parse(version).is_some());
    let modern = version.is_some_and(is_modern) && (spoken || !headers.contains_key(&SESSION));
    Ok(if modern { Era::Modern } else { Era::Legacy })
}

/// Whether a version header's value leaves the sessions' world: a modern revision, or one nobody knows.
/// The 2024 revision is known, though not spoken here.
fn is_modern(version: &str) -> bool {
    version != "2024-11-05" && Revision::parse(version).is_none_or(|revision| revision.era() == Era::Modern)
}

fn meta<'p, 'a>(params: &'p Object<'a>) -> Option<&'p Object<'a>> {
    params.get("_meta").and_then(Json::as_object)
}

/// A refusal for a protocol error.
fn refused(id: Option<RequestId>, error: ProtocolError) -> Refusal {
    Refusal::Protocol { id, error }
}
