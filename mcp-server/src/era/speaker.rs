//! Writes answers as the client's revision wants them.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Face,
    down::{self, Feature},
    face::SERVER_INFO,
    legacy::{Listing, Session},
};
use crate::{
    call::{Call, Outcome},
    error::ProtocolError,
    protocol::{
        message::{RequestId, begin_response, error_response, write_json},
        notification::Notification,
        tools::ToolResult,
        version::{Era, Revision},
    },
};

/// The answerer of one request.
#[derive(Debug)]
pub(crate) struct Speaker {
    face: Arc<Face>,
    revision: Revision,
    id: RequestId,
    session: Option<Arc<Session>>,
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
        Self { face, revision, id, session }
    }

    /// Whether the call goes on when its client's connection ends. Sessions say so; without one, the
    /// connection is all there is.
    pub(crate) fn outlives_connection(&self) -> bool {
        self.session.is_some()
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
                let body =
                    error_response(Some(&self.id), error.code(), &error.to_string(), error.data().as_ref());
                Response { status: self.status(error), body }
            }
        }
    }

    /// One notification of the call.
    pub(crate) fn notification(notification: &Notification) -> Vec<u8> {
        let mut out = b"{\"jsonrpc\":\"2.0\",".to_vec();
        let members = out.len();
        write_json(&mut out, notification);
        out.remove(members); // the notification's own opening brace
        out
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
        match outcome {
            Outcome::Discover => self.rendered(self.face.discover()),
            Outcome::Tools { page } => self.rendered(self.face.tools(self.revision, *page)),
            Outcome::Tool { result, bare } => {
                let mut out = Vec::with_capacity(512);
                begin_response(&mut out, &self.id);
                self.tool(&mut out, result, *bare);
                out.push(b'}');
                out
            }
        }
    }

    fn rendered(&self, result: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(result.len() + 64);
        begin_response(&mut out, &self.id);
        out.extend_from_slice(result);
        out.push(b'}');
        out
    }

    fn tool(&self, out: &mut Vec<u8>, result: &ToolResult, bare: bool) {
        let knows = |feature: Feature| feature.is_known_to(self.revision);
        out.extend_from_slice(b"{\"content\":");
        match &result.structured {
            Some(json) if result.content.is_empty() => {
                out.extend_from_slice(b"[{\"type\":\"text\",\"text\":");
                write_json(out, json);
                out.extend_from_slice(b"}]");
            }
            _ => down::write_content(out, &result.content, self.revision),
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
        self.end_tool(out, result, knows(Feature::ResultEnvelope));
    }

    /// What every result of a tool ends with: `_meta`, and in the modern era the envelope.
    fn end_tool(&self, out: &mut Vec<u8>, result: &ToolResult, envelope: bool) {
        if envelope {
            out.extend_from_slice(b",\"resultType\":\"complete\",\"_meta\":{");
            out.extend_from_slice(self.face.server_info());
        } else if !result.meta.is_empty() {
            out.extend_from_slice(b",\"_meta\":{");
        }
        let own = |(key, _): &(&String, &Value)| *key != SERVER_INFO;
        for (at, (key, value)) in result.meta.iter().filter(own).enumerate() {
            if envelope || at > 0 {
                out.push(b',');
            }
            write_json(out, key);
            out.push(b':');
            write_json(out, value);
        }
        out.extend_from_slice(if envelope || !result.meta.is_empty() { b"}}" } else { b"}" });
    }
}
