//! Writes answers as the client's revision wants them.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    Face,
    down::{self, Feature, knows},
    face::{SERVER_INFO, write_cache},
    legacy::{Listing, Session},
    skills, tasks,
};
use crate::{
    call::{Answer, Call, Question},
    dispatch::{Filter, Outcome, Told},
    error::ProtocolError,
    protocol::{
        message::{RequestId, begin_response, error_response, write_json},
        notification::Notification,
        tools::ToolResult,
        version::{Era, Revision},
    },
    store::Task,
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

    /// A request to the client, in a session whose revision has it. `None` when nobody waits for the answer any more.
    pub(crate) fn question(&self, call: &Call, question: &Arc<Question>) -> Option<Vec<u8>> {
        let session = self.session.as_ref().filter(|_| call.questions().is_open(question))?;
        let Some(params) = down::questions::params(&question.input, self.revision) else {
            call.questions().answer(&question.key, Answer::Unsupported);
            return None;
        };
        let id = session.ask(call, question);
        let mut out = Vec::with_capacity(256);
        let method = question.input.method();
        write_json(&mut out, &json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        Some(out)
    }

    /// Tells the client that nobody waits for its answer any more, if it was asked.
    pub(crate) fn withdrawn(&self, question: &Arc<Question>) -> Option<Vec<u8>> {
        let id = self.session.as_ref()?.withdraw(question)?;
        let params = json!({ "requestId": id, "reason": "the question is not asked any more" });
        Some(super::notification("notifications/cancelled", params))
    }

    /// What a listener is told first.
    pub(crate) fn acknowledgment(&self, filter: &Filter) -> Vec<u8> {
        let params = json!({ "notifications": filter });
        self.subscribed("notifications/subscriptions/acknowledged", params)
    }

    /// Something that a listener is told.
    pub(crate) fn told(&self, told: &Told) -> Vec<u8> {
        match told {
            Told::Change(change) => {
                let (method, params) = super::change(change);
                self.subscribed(method, params)
            }
            Told::Task(task) => self.task(task),
        }
    }

    /// A task, as its subscription is told of it.
    fn task(&self, task: &Task) -> Vec<u8> {
        let mut out = b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tasks\",\"params\":{".to_vec();
        tasks::write(&mut out, task, true);
        out.extend_from_slice(b",\"_meta\":{");
        write_json(&mut out, SUBSCRIPTION_ID);
        out.push(b':');
        write_json(&mut out, &self.id);
        out.extend_from_slice(b"}}}");
        out
    }

    /// A notification of a subscription, with the subscription's id.
    fn subscribed(&self, method: &str, mut params: Value) -> Vec<u8> {
        params["_meta"] = json!({ SUBSCRIPTION_ID: self.id });
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
            Outcome::Discover { offer } => self.face.write_discover(&mut out, offer),
            Outcome::List { kind, page, offer } => {
                self.face.write_page(&mut out, offer, (*kind, *page), self.revision);
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
            Outcome::InputRequired { questions, state } => {
                self.input_required(&mut out, questions, state.as_deref());
            }
            Outcome::Task { task, is_new } => {
                let kind: &[u8] = if *is_new { b"task" } else { b"complete" };
                out.extend_from_slice(&[b"{\"resultType\":\"", kind, b"\","].concat());
                tasks::write(&mut out, task, !is_new);
                out.extend_from_slice(b",\"_meta\":{");
                out.extend_from_slice(self.face.server_info());
                out.extend_from_slice(b"}}");
            }
            Outcome::Acknowledged => {
                out.extend_from_slice(b"{\"resultType\":\"complete\",\"_meta\":{");
                out.extend_from_slice(self.face.server_info());
                out.extend_from_slice(b"}}");
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

    /// Modern only: elsewhere a question is a request.
    fn input_required(&self, out: &mut Vec<u8>, questions: &[Arc<Question>], state: Option<&str>) {
        out.extend_from_slice(b"{\"resultType\":\"input_required\"");
        if !questions.is_empty() {
            out.extend_from_slice(b",\"inputRequests\":");
            write_json(out, &requests(questions));
        }
        if let Some(state) = state {
            out.extend_from_slice(b",\"requestState\":");
            write_json(out, state);
        }
        out.extend_from_slice(b",\"_meta\":{");
        out.extend_from_slice(self.face.server_info());
        out.extend_from_slice(b"}}");
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

/// Questions as the requests that they are, by their keys.
fn requests(questions: &[Arc<Question>]) -> Map<String, Value> {
    questions.iter().map(|question| question.request()).collect()
}

/// A notification as a message.
fn message(notification: &Notification) -> Vec<u8> {
    let mut out = b"{\"jsonrpc\":\"2.0\",".to_vec();
    let members = out.len();
    write_json(&mut out, notification);
    out.remove(members); // the notification's own opening brace
    out
}
