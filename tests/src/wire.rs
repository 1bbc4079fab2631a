//! Requests as clients of each era send them, and answers taken apart.

use std::time::Duration;

use axum::{Router, body::Body};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::time::timeout;
use tower::ServiceExt;

/// The newest revision.
pub const MODERN: &str = "2026-07-28";
/// The newest revision with sessions.
pub const LEGACY: &str = "2025-11-25";

const META: &str = "io.modelcontextprotocol";

/// A request that a test bends before it sends it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The HTTP method.
    pub method: Method,
    /// The target, a path or absolute.
    pub target: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, before it is text.
    pub body: Value,
    /// The body's text, when it isn't `body`'s.
    pub text: Option<String>,
}

impl Draft {
    /// A POST with what every client sends.
    #[must_use]
    pub fn post(body: Value) -> Self {
        let draft = Self {
            method: Method::POST,
            target: "/mcp".to_owned(),
            headers: HeaderMap::new(),
            body,
            text: None,
        };
        draft
            .header("host", "127.0.0.1:8000")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
    }

    /// A request of the modern era, right in every way.
    #[must_use]
    pub fn modern(method: &str, mut params: Value) -> Self {
        let name = ["name", "uri", "taskId"].iter().find_map(|key| params[key].as_str()).map(str::to_owned);
        let meta = &mut params["_meta"];
        meta[format!("{META}/protocolVersion")] = MODERN.into();
        meta[format!("{META}/clientInfo")] = json!({ "name": "test", "version": "1" });
        if meta.get(format!("{META}/clientCapabilities")).is_none() {
            meta[format!("{META}/clientCapabilities")] = json!({});
        }
        let draft = Self::post(json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))
            .header("mcp-protocol-version", MODERN)
            .header("mcp-method", method);
        match name.filter(|_| {
            matches!(method, "tools/call" | "prompts/get" | "resources/read") || method.starts_with("tasks/")
        }) {
            Some(name) => draft.header("mcp-name", &name),
            None => draft,
        }
    }

    /// A call of a tool in the modern era.
    #[must_use]
    pub fn call(tool: &str, arguments: Value) -> Self {
        Self::modern("tools/call", json!({ "name": tool, "arguments": arguments }))
    }

    /// A request in a session.
    #[must_use]
    pub fn legacy(session: &str, method: &str, params: Value) -> Self {
        Self::post(json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))
            .header("mcp-protocol-version", LEGACY)
            .header("mcp-session-id", session)
    }

    /// The request that opens a session of this revision.
    #[must_use]
    pub fn initialize(revision: &str) -> Self {
        Self::post(json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": revision,
            "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        }}))
    }

    /// A GET of a session's own stream; with [`after`](Self::after), of the stream that an event is of.
    #[must_use]
    pub fn listen(session: &str) -> Self {
        Self::legacy(session, "", json!({}))
            .method(Method::GET)
            .without("content-type")
            .header("accept", "text/event-stream")
            .text("")
    }

    /// Says the last event that has come.
    #[must_use]
    pub fn after(self, event: &str) -> Self {
        self.header("last-event-id", event)
    }

    /// Says the revision that its session is of. 2025-03-26 has no header for it.
    #[must_use]
    pub fn of(self, revision: &str) -> Self {
        match revision {
            "2025-03-26" => self.without("mcp-protocol-version"),
            _ => self.header("mcp-protocol-version", revision),
        }
    }

    /// The request's id.
    #[must_use]
    pub fn id(self, id: impl Into<Value>) -> Self {
        let id = id.into();
        self.body(|body| body["id"] = id)
    }

    /// A message without an id.
    #[must_use]
    pub fn notification(self) -> Self {
        self.body(|body| _ = body.as_object_mut().expect("a message").remove("id"))
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(header_name(name), header_value(value));
        self
    }

    /// Adds a header, also a second one of the name.
    #[must_use]
    pub fn and_header(mut self, name: &str, value: &str) -> Self {
        self.headers.append(header_name(name), header_value(value));
        self
    }

    /// Leaves a header out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Has a token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Changes the body.
    #[must_use]
    pub fn body(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(&mut self.body);
        self
    }

    /// Changes the request's `_meta`, by the keys' last parts.
    #[must_use]
    pub fn meta(self, key: &str, value: Value) -> Self {
        let key = if key == "progressToken" { key.to_owned() } else { format!("{META}/{key}") };
        self.body(|body| body["params"]["_meta"][key] = value)
    }

    /// Sends this text instead.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Another HTTP method.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// The body's text.
    #[must_use]
    pub fn payload(&self) -> String {
        self.text.clone().unwrap_or_else(|| self.body.to_string())
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> Request<Body> {
        let mut request = Request::new(Body::from(self.payload()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.target.parse().expect("a target");
        *request.headers_mut() = self.headers.clone();
        request
    }

    /// Sends it to a router and takes the answer piece by piece.
    pub async fn open(&self, router: &Router) -> Stream {
        let response = router.clone().oneshot(self.request()).await.expect("a router doesn't fail");
        Stream::new(response)
    }

    /// Sends it to a router and takes the whole answer.
    pub async fn send(&self, router: &Router) -> Reply {
        let response = router.clone().oneshot(self.request()).await.expect("a router doesn't fail");
        Reply::read(response).await
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// Takes a whole response.
    pub async fn read(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        Self { status: head.status.as_u16(), headers: head.headers, body }
    }

    /// The message, which came as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json", "{self:?}");
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The messages, which came as events.
    #[must_use]
    pub fn events(&self) -> Vec<Value> {
        assert_eq!(self.header("content-type"), "text/event-stream", "{self:?}");
        events(std::str::from_utf8(&self.body).expect("text"))
    }

    /// A header's text; empty when there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// The result.
    #[must_use]
    pub fn result(&self) -> Value {
        let message = self.json();
        assert_eq!(message["error"], Value::Null, "{message}");
        message["result"].clone()
    }

    /// The code of the error.
    #[must_use]
    pub fn code(&self) -> i64 {
        let message = self.json();
        message["error"]["code"].as_i64().unwrap_or_else(|| panic!("no error: {message}"))
    }

    /// The text of the only content block of a tool's result.
    #[must_use]
    pub fn text(&self) -> String {
        let result = self.result();
        result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text: {result}")).to_owned()
    }

    /// The text of a tool error.
    #[must_use]
    pub fn tool_error(&self) -> String {
        assert_eq!(self.result()["isError"], json!(true), "{:?}", self.json());
        self.text()
    }
}

/// For how long a test waits for what must come, before it says that it doesn't.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// An answer that is read event by event, because it may have no end.
#[derive(Debug)]
pub struct Stream {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    body: Body,
    unread: Vec<u8>,
}

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// What kind of event it is; empty when it doesn't say.
    pub name: String,
    /// Where in the stream it is.
    pub id: Option<String>,
    /// What it carries; empty when it only says where the stream is.
    pub data: String,
}

impl Stream {
    fn new(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        Self { status: head.status.as_u16(), headers: head.headers, body, unread: Vec::new() }
    }

    /// The next event; comments are left out. `None` at the end.
    ///
    /// # Panics
    ///
    /// When nothing comes.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.unread.windows(2).position(|pair| pair == b"\n\n") {
                let text: Vec<u8> = self.unread.drain(..end + 2).collect();
                let event = Event::read(std::str::from_utf8(&text).expect("text"));
                if event != Event::default() {
                    return Some(event);
                }
            }
            let frame = timeout(PATIENCE, self.body.frame()).await;
            let frame = frame.unwrap_or_else(|_| panic!("nothing more comes: {self:?}"))?;
            self.unread.extend_from_slice(&frame.expect("a body").into_data().expect("data"));
        }
    }

    /// The rest, as an answer that was taken whole.
    pub async fn rest(self) -> Reply {
        let Self { status, headers, body, unread } = self;
        let collected = timeout(PATIENCE, body.collect()).await.expect("an answer that ends");
        let body = [&unread[..], &collected.expect("a body").to_bytes()].concat().into();
        Reply { status, headers, body }
    }
}

impl Event {
    fn read(text: &str) -> Self {
        let mut event = Self::default();
        for line in text.lines() {
            match line.split_once(": ") {
                Some(("event", name)) => name.clone_into(&mut event.name),
                Some(("id", id)) => event.id = Some(id.to_owned()),
                Some(("data", data)) => data.clone_into(&mut event.data),
                _ => {}
            }
        }
        event
    }

    /// The message that it carries.
    #[must_use]
    pub fn message(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// The messages in a stream of events; comments and events without a message are left out.
#[must_use]
pub fn events(text: &str) -> Vec<Value> {
    let data = |event: &str| event.lines().find_map(|line| line.strip_prefix("data: ")).map(str::to_owned);
    text.split("\n\n")
        .filter_map(data)
        .filter(|data| !data.is_empty())
        .map(|json| serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}")))
        .collect()
}

/// Opens a session and gives its id.
pub async fn open_session(router: &Router, revision: &str) -> String {
    let reply = Draft::initialize(revision).send(router).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.header("mcp-session-id").to_owned()
}

fn header_name(name: &str) -> HeaderName {
    name.parse().expect("a header's name")
}

fn header_value(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).expect("a header's value")
}
