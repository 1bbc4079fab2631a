//! A client of one revision that takes nothing on trust: every message it receives must be one that its revision
//! knows, and it asks for everything there is to be told.

use std::sync::{Mutex, PoisonError};

use axum::Router;
use serde_json::{Value, json};

use crate::{
    specification::Specification,
    wire::{Draft, MODERN, Reply},
};

/// A connected client.
#[derive(Debug)]
pub struct Client {
    router: Router,
    revision: &'static str,
    capabilities: Value,
    wire: Wire,
    received: Mutex<Vec<Value>>,
}

/// How a revision's messages travel. HTTP+SSE, which is how those of 2024-11-05 do, will be one more: a way to open it
/// in `connect`, and one to send a request and wait for its response in `exchange`.
#[derive(Debug)]
enum Wire {
    /// Every request by itself.
    Alone,
    /// Every request in a session, of this id.
    Session(String),
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
        match revision {
            MODERN => {
                let greeting = client.ask("server/discover", json!({})).await;
                (client, greeting.response)
            }
            "2025-03-26" | "2025-06-18" | "2025-11-25" => {
                let greeting = client.open_session().await;
                (client, greeting)
            }
            _ => panic!("there is no transport for {revision} yet"),
        }
    }

    /// The revision it speaks.
    #[must_use]
    pub fn revision(&self) -> &'static str {
        self.revision
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
        let unread = response.get("error").is_some() && response.get("id").is_none();
        assert!(unread || response["id"] == request.body["id"], "{method}: another id in {response}");
        Said { before: before.to_vec(), response: response.clone() }
    }

    /// Sends a request, and gives every message up to its response.
    async fn exchange(&self, request: &Draft) -> Vec<Value> {
        match &self.wire {
            Wire::Alone | Wire::Session(_) => messages(&request.send(&self.router).await),
        }
    }

    /// Opens a session, and asks it for every log message.
    async fn open_session(&mut self) -> Value {
        let capabilities = self.capabilities.clone();
        let request =
            Draft::initialize(self.revision).body(|body| body["params"]["capabilities"] = capabilities);
        self.specification().check_request(&request.body);
        let reply = request.send(&self.router).await;
        let greeting = reply.json();
        self.receive("initialize", std::slice::from_ref(&greeting));
        self.wire = Wire::Session(reply.header("mcp-session-id").to_owned());
        let done = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let done = self.request("", json!({})).body(|body| *body = done);
        assert_eq!(done.send(&self.router).await.status, 202);
        self.ask("logging/setLevel", json!({ "level": "debug" })).await;
        greeting
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

/// The messages of an answer, whether it is JSON or a stream.
fn messages(reply: &Reply) -> Vec<Value> {
    if reply.header("content-type") == "text/event-stream" { reply.events() } else { vec![reply.json()] }
}
