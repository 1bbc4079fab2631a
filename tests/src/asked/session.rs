//! A client with a session: what it is asked are requests, which it answers while its own request goes on.

use axum::Router;
use http::Method;
use serde_json::{Value, json};

use super::{Answers, Question, Told};
use crate::{
    lines::Lines,
    sse::{Stream, respond},
    wire::{Draft, LEGACY, Reply},
};

/// Where its messages go, and come from.
#[derive(Debug)]
pub(super) enum Session {
    Http(Http),
    OneStream { router: Router, address: String, stream: Stream },
    Lines(Lines),
}

/// When a connection is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    Never,
    /// Before the next question can have arrived.
    Before,
    /// When a question has arrived.
    After,
}

/// A session over HTTP.
#[derive(Debug)]
pub(super) struct Http {
    router: Router,
    id: String,
    cut: Cut,
    /// The stream of the request that goes on.
    stream: Option<Stream>,
    /// The last event that has come.
    last: String,
    /// A response that came without a stream.
    whole: Option<Value>,
    resumed: usize,
}

impl Session {
    pub(super) async fn http(router: Router, capabilities: Value, cut: Cut) -> Self {
        let reply = initialize(capabilities).send(&router).await;
        let id = reply.header("mcp-session-id").to_owned();
        let session = Http { router, id, cut, stream: None, last: String::new(), whole: None, resumed: 0 };
        Self::Http(session).initialized().await
    }

    pub(super) async fn one_stream(router: Router, capabilities: Value) -> Self {
        let get = Draft::post(Value::Null).method(Method::GET).header("accept", "text/event-stream").text("");
        let mut stream = Stream::open(&router, &Draft { target: "/sse".to_owned(), ..get }).await;
        let address = stream.soon().await.data.expect("an address");
        let mut session = Self::OneStream { router, address, stream };
        session.send(&initialize(capabilities).body).await;
        session.next().await;
        session.initialized().await
    }

    pub(super) async fn lines(mut lines: Lines, capabilities: Value) -> Self {
        lines.send(&initialize(capabilities).body).await;
        lines.next().await;
        Self::Lines(lines).initialized().await
    }

    async fn initialized(mut self) -> Self {
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        self
    }

    /// Makes a request, and answers what comes before its response.
    pub(super) async fn ask(&mut self, method: &str, params: Value, answers: Answers<'_>) -> Told {
        let mut told = Told { turns: 1, ..Told::default() };
        // An id that a question may have as well.
        self.send(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })).await;
        loop {
            let message = self.next().await;
            match (message.get("method"), message.get("id")) {
                (Some(_), Some(id)) => {
                    let question = Question::read(id.clone(), &message);
                    let result = answers(&question);
                    self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result })).await;
                    told.questions.push(question);
                }
                (None, Some(_)) => {
                    assert_eq!(message["id"], json!(1), "{message}");
                    told.turns += self.resumed();
                    told.response = message;
                    return told;
                }
                _ => {}
            }
        }
    }

    async fn send(&mut self, message: &Value) {
        match self {
            Self::Http(session) => session.send(message).await,
            Self::OneStream { router, address, .. } => {
                let draft = Draft { target: address.clone(), ..Draft::post(message.clone()) };
                assert_eq!(draft.send(router).await.status, 202, "{message}");
            }
            Self::Lines(lines) => lines.send(message).await,
        }
    }

    async fn next(&mut self) -> Value {
        match self {
            Self::Http(session) => session.next().await,
            Self::OneStream { stream, .. } => stream.message().await,
            Self::Lines(lines) => lines.next().await,
        }
    }

    /// How often the connection was lost since this was looked at.
    fn resumed(&mut self) -> usize {
        match self {
            Self::Http(session) => std::mem::take(&mut session.resumed),
            _ => 0,
        }
    }
}

impl Http {
    async fn send(&mut self, message: &Value) {
        let draft = Draft::legacy(&self.id, "", json!({})).body(|body| *body = message.clone());
        let response = respond(&self.router, &draft).await;
        if message.get("method").is_some() && message.get("id").is_some() {
            match response.headers().get("content-type").map(http::HeaderValue::as_bytes) {
                Some(b"text/event-stream") => self.stream = Some(Stream::of(response)),
                _ => self.whole = Some(Reply::read(response).await.json()),
            }
            return;
        }
        assert_eq!(response.status(), 202, "{message}");
        if self.cut == Cut::Before && self.stream.is_some() {
            self.resume().await;
        }
    }

    async fn next(&mut self) -> Value {
        if let Some(whole) = self.whole.take() {
            return whole;
        }
        loop {
            let event = self.stream.as_mut().expect("a stream").soon().await;
            self.last = event.id.clone().expect("a place");
            match event.message() {
                None if self.cut == Cut::Before => self.resume().await,
                None => {}
                Some(message) => {
                    if self.cut == Cut::After && message.get("method").is_some() {
                        self.resume().await;
                    }
                    return message;
                }
            }
        }
    }

    /// Loses the connection, and comes back for what follows.
    async fn resume(&mut self) {
        self.stream = None;
        self.resumed += 1;
        let draft = Draft::listen(&self.id).after(&self.last);
        self.stream = Some(Stream::open(&self.router, &draft).await);
    }
}

fn initialize(capabilities: Value) -> Draft {
    Draft::initialize(LEGACY).body(|body| body["params"]["capabilities"] = capabilities)
}
