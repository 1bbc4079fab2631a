//! Writes answers as the client's revision wants them.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    Face,
    down::{self, Feature, knows},
    face::{SERVER_INFO, write_cache},
    legacy::{Listing, Session},
    skills,
};
use crate::{
    call::Call,
    dispatch::{Filter, Outcome},
    error::ProtocolError,
    protocol::{
        message::{RequestId, begin_response, error_response, write_json},
        notification::Notification,
        tools::ToolResult,
        version::{Era, Revision},
    },
};

/// The key under which messages name their subscription.
const SUBSCRIPTION_ID: &str = "io.modelcontextprotocol/subscriptionId";

/// The answerer of one request.
#[derive(Debug)]
pub(crate) struct Speaker {
    face: Arc<Face>,
    revision: Revision,
    id: RequestId,
    session: Option<Arc<Session>>,
    /// Whether the request came in an array: what follows it there may cancel it.
    is_batched: bool,
}

/// A response's text, and the HTTP status it has when it is sent by itself.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Speaker {
    pub(super) fn new(
        face: Arc<Face>,
        revision: Revision,
        id: RequestId,
        session: Option<Arc<Session>>,
    ) -> Self {
        Self { face, revision, id, session, is_batched: false }
    }

    /// The request's id.
    pub(crate) fn id(&self) -> &RequestId {
        &self.id
    }

    /// The session of the request, in which its call goes on when its client's connection ends. Without one, the
    /// connection is all there is.
    pub(crate) fn session(&self) -> Option<&Arc<Session>> {
        self.session.as_ref()
    }

    /// The answerer of a request that came in an array.
    pub(super) fn batched(self) -> Self {
        Self { is_batched: true, ..self }
    }

    /// Lists a call that has not begun, if it may be cancelled before it does.
    pub(crate) fn list_early(&self, call: &Call) -> Option<Listing> {
        self.is_batched.then(|| self.list(call)).flatten()
    }

    /// Lists a call that waits, so that its session can cancel it.
    pub(crate) fn list(&self, call: &Call) -> Option<Listing> {
        self.session.as_ref().map(|session| Listing::new(session, &self.id, call))
    }

    /// The response of a method's outcome.
    pub(crate) fn response(&self, outcome: &Result<Outcome, ProtocolError>) -> Response {
        match outcome {
            Ok(outcome) => Response { status: 200, body: self.result(outcome) },
            Err(error) => {
                let code = down::code(error, self.revision);
                let body = error_response(Some(&self.id), code, &error.to_string(), error.data().as_ref());
                Response { status: self.status(error), body }
            }
        }
    }

    /// One notification of the call.
    pub(crate) fn notification(&self, notification: Notification) -> Vec<u8> {
        message(&down::notification(notification, self.revision))
    }

    /// What a listener is told first.
    pub(crate) fn acknowledgment(&self, filter: &Filter) -> Vec<u8> {
        let params = serde_json::json!({ "notifications": filter });
        self.subscribed("notifications/subscriptions/acknowledged", params)
    }

    /// A change that a listener is told of.
    pub(crate) fn change(&self, change: &crate::cluster::Change) -> Vec<u8> {
        let (method, params) = super::change(change);
        self.subscribed(method, params)
    }

    /// A notification of a subscription, with the subscription's id.
    fn subscribed(&self, method: &str, mut params: Value) -> Vec<u8> {
        params["_meta"] = serde_json::json!({ SUBSCRIPTION_ID: self.id });
        super::notification(method, params)
    }

    /// Clients of sessions take any other status than 200 for a broken transport; modern ones read the two
    /// errors below by their status, and others whatever it is.
    fn status(&self, error: &ProtocolError) -> u16 {
        match error {
            ProtocolError::MethodNotFound(_) | ProtocolError::MissingClientCapability { .. }
                if self.revision.era() == Era::Modern =>
            {
                error.status()
            }
            _ => 200,
        }
    }

    fn result(&self, outcome: &Outcome) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        begin_response(&mut out, &self.id);
        match outcome {
            Outcome::Tool { result, bare } => self.tool(&mut out, result, *bare),
            Outcome::Discover { offer } => rendered(&mut out, self.face.of(offer).discover()),
            Outcome::List { kind, page, offer } => {
                rendered(&mut out, self.face.of(offer).page(*kind, self.revision, *page));
            }
            Outcome::Contents { contents, cache } => {
                out.extend_from_slice(b"{\"contents\":");
                write_json(&mut out, &down::content::contents(contents, self.revision));
                if knows(self.revision, Feature::ResultEnvelope) {
                    write_cache(&mut out, *cache);
                }
                self.end(&mut out, &Map::new());
            }
            Outcome::Prompt { result, prompt } => {
                out.extend_from_slice(b"{\"description\":");
                write_json(&mut out, result.description.as_deref().unwrap_or_else(|| prompt.description()));
                out.extend_from_slice(b",\"messages\":");
                write_json(&mut out, &down::content::messages(&result.messages, self.revision));
                self.end(&mut out, &result.meta);
            }
            Outcome::Completion(completion) => {
                out.extend_from_slice(b"{\"completion\":");
                write_json(&mut out, completion);
                self.end(&mut out, &Map::new());
            }
            Outcome::Skill(skill) => {
                skills::write_skill(&mut out, skill);
                write_cache(&mut out, self.face.listing());
                self.end(&mut out, &Map::new());
            }
            Outcome::Folder { children, page } => {
                skills::write_folder(&mut out, children, *page);
                write_cache(&mut out, self.face.listing());
                self.end(&mut out, &Map::new());
            }
            Outcome::Unsubscribed => {
                out.extend_from_slice(b"{\"resultType\":\"complete\",\"_meta\":{");
                write_json(&mut out, SUBSCRIPTION_ID);
                out.push(b':');
                write_json(&mut out, &self.id);
                out.push(b',');
                out.extend_from_slice(self.face.server_info());
                out.extend_from_slice(b"}}");
            }
        }
        out.push(b'}');
        out
    }

    fn tool(&self, out: &mut Vec<u8>, result: &ToolResult, bare: bool) {
        let knows = |feature: Feature| knows(self.revision, feature);
        out.extend_from_slice(b"{\"content\":");
        match &result.structured {
            Some(json) if result.content.is_empty() => {
                out.extend_from_slice(b"[{\"type\":\"text\",\"text\":");
                write_json(out, json);
                out.extend_from_slice(b"}]");
            }
            _ => write_json(out, &down::content::blocks(&result.content, self.revision)),
        }
        if let Some(json) = result.structured.as_ref().filter(|_| knows(Feature::Structured)) {
            let is_bare = bare || !json.starts_with('{');
            let wrapped = is_bare && !knows(Feature::BareValues);
            out.extend_from_slice(if wrapped {
                b",\"structuredContent\":{\"result\":"
            } else {
                b",\"structuredContent\":"
            });
            out.extend_from_slice(json.as_bytes());
            out.extend_from_slice(if wrapped { b"}" } else { b"" });
        }
        if result.is_error {
            out.extend_from_slice(b",\"isError\":true");
        }
        self.end(out, &result.meta);
    }

    /// What every result ends with: `_meta`, and in the modern era the envelope.
    fn end(&self, out: &mut Vec<u8>, meta: &Map<String, Value>) {
        let envelope = knows(self.revision, Feature::ResultEnvelope);
        if envelope {
            out.extend_from_slice(b",\"resultType\":\"complete\",\"_meta\":{");
            out.extend_from_slice(self.face.server_info());
        } else if !meta.is_empty() {
            out.extend_from_slice(b",\"_meta\":{");
        }
        let own = |(key, _): &(&String, &Value)| *key != SERVER_INFO;
        for (at, (key, value)) in meta.iter().filter(own).enumerate() {
            if envelope || at > 0 {
                out.push(b',');
            }
            write_json(out, key);
            out.push(b':');
            write_json(out, value);
        }
        out.extend_from_slice(if envelope || !meta.is_empty() { b"}}" } else { b"}" });
    }
}

/// Appends a result that is rendered already, with room for what closes the message: the largest there are are
/// copied once.
fn rendered(out: &mut Vec<u8>, result: &[u8]) {
    out.reserve(result.len() + 1);
    out.extend_from_slice(result);
}

/// A notification as a message.
fn message(notification: &Notification) -> Vec<u8> {
    let mut out = b"{\"jsonrpc\":\"2.0\",".to_vec();
    let members = out.len();
    write_json(&mut out, notification);
    out.remove(members); // the notification's own opening brace
    out
}
