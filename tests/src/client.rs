//! A client of one revision that takes nothing on trust: every message it receives must be one that its revision
//! knows, and it asks for everything there is to be told.

mod answering;
mod listening;

use std::sync::{Mutex, PoisonError};

use axum::Router;
use http::Method;
use serde_json::{Value, json};

use crate::{
    specification::Specification,
    wire::{Draft, Event, MODERN, Stream},
};
pub use answering::NEVER;
pub use listening::{Heard, Listening};

/// A connected client.
#[derive(Debug)]
pub struct Client {
    router: Router,
    revision: &'static str,
    capabilities: Value,
    wire: Wire,
    received: Mutex<Vec<Value>>,
}

/// How a revision's messages travel.
#[derive(Debug)]
enum Wire {
    /// Every request by itself.
    Alone,
    /// Every request in a session, of this id.
    Session(String),
    /// HTTP+SSE: every message for the client on one stream.
    Line(Box<Line>),
}

/// The connection of a client of 2024-11-05.
#[derive(Debug)]
struct Line {
    /// Where messages are sent to.
    target: String,
    stream: tokio::sync::Mutex<Stream>,
    /// What came in between and is part of no answer.
    aside: Mutex<Vec<Event>>,
}

/// What a server said to a request.
#[derive(Debug, Clone)]
pub struct Said {
    /// What came before the response, in its order: notifications, and requests of the server's.
    pub before: Vec<Value>,
    /// The response.
    pub response: Value,
}

impl Client {
    /// Connects with these capabilities; gives the answer to its greeting too, an `initialize` or a
    /// `server/discover`.
    pub async fn connect(router: &Router, revision: &'static str, capabilities: Value) -> (Self, Value) {
        let (router, received) = (router.clone(), Mutex::default());
        let mut client = Self { router, revision, capabilities, wire: Wire::Alone, received };
        let greeting = match revision {
            MODERN => client.ask("server/discover", json!({})).await.response,
            "2024-11-05" => client.open_line().await,
            _ => client.open_session().await,
        };
        (client, greeting)
    }

    /// The revision it speaks.
    #[must_use]
    pub fn revision(&self) -> &'static str {
        self.revision
    }

    /// Where its requests go to, what makes a session, and where it hears of what changes.
    #[must_use]
    pub fn way(&self) -> [&'static str; 3] {
        match self.wire {
            Wire::Alone => ["`POST /mcp`", "—", "the answer to `subscriptions/listen`"],
            Wire::Session(_) => ["`POST /mcp`", "the header `Mcp-Session-Id`", "`GET /mcp`"],
            Wire::Line(_) => ["`POST /messages`", "the stream of `GET /sse`", "`GET /sse`, as everything"],
        }
    }

    /// The schema of that revision.
    #[must_use]
    pub fn specification(&self) -> &'static Specification {
        Specification::of(self.revision)
    }

    /// Every message it has received.
    pub fn received(&self) -> Vec<Value> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks, and gives what the server says.
    pub async fn ask(&self, method: &str, params: Value) -> Said {
        let request = self.request(method, params);
        if self.specification().result_of(method).is_some() {
            self.specification().check_request(&request.body);
        }
        self.send(&request).await
    }

    /// Calls a tool without arguments.
    pub async fn call(&self, tool: &str) -> Said {
        self.ask("tools/call", json!({ "name": tool, "arguments": {} })).await
    }

    /// Every page of a listing, and the `member` that all of them hold, together.
    pub async fn list(&self, method: &str, member: &str) -> (Vec<Value>, Vec<Value>) {
        let (mut pages, mut entries, mut params) = (Vec::new(), Vec::new(), json!({}));
        loop {
            let result = self.ask(method, params).await.result();
            entries.extend(result[member].as_array().expect("a list").iter().cloned());
            params = json!({ "cursor": result["nextCursor"] });
            pages.push(result);
            if params["cursor"].is_null() {
                return (pages, entries);
            }
        }
    }

    /// A request that is right in every way. It asks for progress, and for every log message.
    #[must_use]
    pub fn request(&self, method: &str, params: Value) -> Draft {
        let request = match &self.wire {
            Wire::Alone => Draft::modern(method, params)
                .meta("logLevel", json!("debug"))
                .meta("clientCapabilities", self.capabilities.clone()),
            Wire::Session(id) => self.with_version(Draft::legacy(id, method, params)),
            Wire::Line(line) => line.request(method, params),
        };
        request.meta("progressToken", json!("token"))
    }

    /// Sends a request, however wrong, and gives what the server says.
    ///
    /// # Panics
    ///
    /// When a message is not one that the revision knows, or the last one is not the request's response.
    pub async fn send(&self, request: &Draft) -> Said {
        let messages = self.exchange(request).await;
        let method = request.body["method"].as_str().unwrap_or_default();
        self.receive(method, &messages);
        let (response, before) = messages.split_last().expect("a response");
        assert!(answers(response, &request.body["id"]), "{method}: another id in {response}");
        Said { before: before.to_vec(), response: response.clone() }
    }

    /// Sends messages as one JSON-RPC batch, and gives everything that comes back, in its order.
    ///
    /// # Panics
    ///
    /// When a message is not one that the revision knows.
    pub async fn batch(&self, batch: &[Value]) -> Vec<Value> {
        let draft = self.request("", json!({})).body(|body| *body = json!(batch));
        let reply = draft.open(&self.router).await.rest().await;
        let received = match reply.header("content-type") {
            "text/event-stream" => reply.events(),
            _ => match reply.json() {
                Value::Array(responses) => {
                    self.specification().check_batch(&responses);
                    responses
                }
                refusal => vec![refusal],
            },
        };
        for message in &received {
            let asked = batch.iter().find(|asked| asked.get("id").is_some_and(|id| *id == message["id"]));
            let method = asked.and_then(|asked| asked["method"].as_str()).unwrap_or_default();
            self.receive(method, std::slice::from_ref(message));
        }
        received
    }

    /// Sends a request, and gives every message up to its response. Answers what is asked in between.
    async fn exchange(&self, request: &Draft) -> Vec<Value> {
        let mut answer = request.open(&self.router).await;
        let is_stream = answer.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let mut messages = Vec::new();
        loop {
            let message = match &self.wire {
                Wire::Line(line) if answer.status == 202 => line.next().await,
                _ if is_stream => match answer.next().await {
                    Some(event) if event.data.is_empty() => continue,
                    Some(event) => event.message(),
                    None => return messages,
                },
                _ => return vec![answer.rest().await.json()],
            };
            self.react(&message).await;
            let is_last = !is_stream && answers(&message, &request.body["id"]);
            messages.push(message);
            if is_last {
                return messages;
            }
        }
    }

    /// Opens a session, and asks it for every log message.
    async fn open_session(&mut self) -> Value {
        let request = self.initialize(Draft::initialize(self.revision));
        let reply = request.open(&self.router).await.rest().await;
        let greeting = reply.json();
        self.receive("initialize", std::slice::from_ref(&greeting));
        self.wire = Wire::Session(reply.header("mcp-session-id").to_owned());
        self.settle().await;
        greeting
    }

    /// Opens a stream, and a session on it, and asks that for every log message.
    async fn open_line(&mut self) -> Value {
        self.wire = Wire::Line(Box::new(Line::open(&self.router).await));
        let mut request = self.request("", json!({}));
        request.body = Draft::initialize(self.revision).body;
        let greeting = self.send(&self.initialize(request)).await.response;
        self.settle().await;
        greeting
    }

    /// The request that opens a session, with this client's capabilities.
    fn initialize(&self, request: Draft) -> Draft {
        let request = request.body(|body| body["params"]["capabilities"] = self.capabilities.clone());
        self.specification().check_request(&request.body);
        request
    }

    /// Does what a client does once its session is open.
    async fn settle(&self) {
        let done = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let done = self.request("", json!({})).body(|body| *body = done);
        assert_eq!(done.send(&self.router).await.status, 202);
        self.ask("logging/setLevel", json!({ "level": "debug" })).await;
    }

    /// Checks what came in answer to a request of this method, and keeps it.
    fn receive(&self, method: &str, messages: &[Value]) {
        for message in messages {
            self.specification().check(method, message);
        }
        self.received.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(messages);
    }

    /// The header that says the revision; 2025-03-26 has none.
    fn with_version(&self, request: Draft) -> Draft {
        match self.revision {
            "2025-03-26" => request.without("mcp-protocol-version"),
            revision => request.header("mcp-protocol-version", revision),
        }
    }
}

impl Line {
    /// Opens the stream, which begins with the address for messages.
    async fn open(router: &Router) -> Self {
        let get = Draft::post(Value::Null).method(Method::GET).header("accept", "text/event-stream").text("");
        let mut stream = Draft { target: "/sse".to_owned(), ..get }.open(router).await;
        let first = stream.next().await.expect("an address");
        assert_eq!(first.name, "endpoint", "{first:?}");
        Self { target: first.data, stream: stream.into(), aside: Mutex::default() }
    }

    fn request(&self, method: &str, params: Value) -> Draft {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        Draft { target: self.target.clone(), ..Draft::post(body) }
    }

    /// The next message. What is about no request waits for who listens.
    async fn next(&self) -> Value {
        let mut stream = self.stream.lock().await;
        loop {
            let event = stream.next().await.expect("a stream without an end");
            let message = event.message();
            if !listening::is_change(&message) {
                return message;
            }
            self.aside.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        }
    }
}

impl Said {
    /// The result.
    ///
    /// # Panics
    ///
    /// When there is an error instead.
    #[must_use]
    pub fn result(self) -> Value {
        let Self { mut response, .. } = self;
        assert_eq!(response.get("error"), None, "{response}");
        response["result"].take()
    }

    /// The code of the error, when there is one.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        self.response["error"]["code"].as_i64()
    }
}

/// Whether a message is the response to the request of this id, or says that it couldn't be read.
fn answers(message: &Value, id: &Value) -> bool {
    match message.get("id") {
        Some(answered) => answered == id && message.get("method").is_none(),
        None => message.get("error").is_some(),
    }
}
