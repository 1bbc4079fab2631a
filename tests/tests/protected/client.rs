//! Clients of each era with a token, or without one.

use axum::Router;
use http::Method;
use mcp_tests::{
    asked::everything,
    sse::Stream,
    wire::{Draft, LEGACY, Reply},
};
use serde_json::{Value, json};

use super::{
    server::{House, METADATA},
    tokens::{Signed, Token},
};

/// How a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// 2026-07-28.
    Modern,
    /// 2025-11-25, in a session.
    Session,
}

impl Way {
    pub(super) const BOTH: [Self; 2] = [Self::Modern, Self::Session];
}

/// A client over HTTP.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) router: Router,
    pub(super) session: Option<String>,
    token: Option<Token>,
}

impl Client {
    pub(super) async fn connect(house: &House, way: Way, token: impl Into<Option<Token>>) -> Self {
        let mut client = Self { router: house.router.clone(), session: None, token: token.into() };
        if way == Way::Session {
            let initialize =
                Draft::initialize(LEGACY).body(|body| body["params"]["capabilities"] = everything());
            let reply = client.sign(&initialize).send(&client.router).await;
            assert_eq!(reply.status, 200, "{reply:?}");
            client.session = Some(reply.header("mcp-session-id").to_owned());
        }
        client
    }

    /// The same client with another token.
    pub(super) fn with(&self, token: impl Into<Option<Token>>) -> Self {
        Self { token: token.into(), ..self.clone() }
    }

    /// A request without its token.
    pub(super) fn bare(&self, method: &str, params: Value) -> Draft {
        if let Some(session) = &self.session {
            return Draft::legacy(session, method, params);
        }
        let mut capabilities = everything();
        capabilities["extensions"] = json!({ "io.modelcontextprotocol/tasks": {} });
        Draft::modern(method, params).meta("clientCapabilities", capabilities)
    }

    pub(super) fn request(&self, method: &str, params: Value) -> Draft {
        self.sign(&self.bare(method, params))
    }

    /// The request with this client's token.
    pub(super) fn sign(&self, draft: &Draft) -> Draft {
        match &self.token {
            Some(token) => draft.with(token),
            None => draft.clone(),
        }
    }

    pub(super) async fn ask(&self, method: &str, params: Value) -> Reply {
        self.request(method, params).send(&self.router).await
    }

    /// Calls a tool that takes a path.
    pub(super) async fn call(&self, tool: &str) -> Reply {
        self.ask("tools/call", json!({ "name": tool, "arguments": { "path": "a" } })).await
    }

    /// The names or URIs in a list, page by page.
    pub(super) async fn list(&self, method: &str) -> Vec<String> {
        let (mut names, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let params = if cursor.is_null() { json!({}) } else { json!({ "cursor": cursor }) };
            let result = self.ask(method, params).await.result();
            if self.session.is_none() {
                assert_eq!(result["cacheScope"], json!("private"), "{result}");
            }
            names.extend(keys(&result));
            cursor = result["nextCursor"].clone();
            if cursor.is_null() {
                return names;
            }
        }
    }
}

/// The names or URIs on a page.
pub(super) fn keys(result: &Value) -> Vec<String> {
    let lists = ["tools", "resources", "resourceTemplates", "prompts", "skills"];
    let items = lists.iter().find_map(|list| result[list].as_array());
    let key = |item: &Value| {
        let key = ["uri", "uriTemplate", "name"].iter().find_map(|key| item[key].as_str());
        key.unwrap_or_else(|| panic!("no key: {item}")).to_owned()
    };
    items.unwrap_or_else(|| panic!("no list: {result}")).iter().map(key).collect()
}

/// A connection of a client of 2024-11-05.
#[derive(Debug)]
pub(super) struct Line {
    router: Router,
    pub(super) stream: Stream,
    pub(super) address: String,
}

impl Line {
    /// Opens a connection and initializes it.
    pub(super) async fn open(house: &House, token: &Token) -> Self {
        let mut stream = Stream::open(&house.router, &get("/sse").with(token)).await;
        let address = stream.soon().await.data.expect("an address");
        let mut line = Self { router: house.router.clone(), stream, address };
        let reply = line.post(token, Draft::initialize("2024-11-05").body).await;
        assert_eq!(reply.status, 202, "{reply:?}");
        line.stream.message().await;
        line
    }

    /// Sends a message. What is answered comes on the stream.
    pub(super) async fn post(&self, token: &Token, message: Value) -> Reply {
        self.draft(message).with(token).send(&self.router).await
    }

    /// A message without a token.
    pub(super) fn draft(&self, message: Value) -> Draft {
        Draft { target: self.address.clone(), ..Draft::post(message) }
    }

    /// Sends a request that is taken, and gives the response.
    pub(super) async fn ask(&mut self, token: &Token, method: &str, params: Value) -> Value {
        let reply = self.post(token, request(method, params)).await;
        assert_eq!(reply.status, 202, "{reply:?}");
        self.stream.message().await
    }
}

/// A request as a message.
pub(super) fn request(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

/// A call as a message.
pub(super) fn calling(tool: &str) -> Value {
    request("tools/call", json!({ "name": tool, "arguments": { "path": "a" } }))
}

/// A GET of a stream without a session.
pub(super) fn get(target: &str) -> Draft {
    let draft = Draft::post(Value::Null).without("content-type").header("accept", "text/event-stream");
    Draft { target: target.to_owned(), ..draft }.method(Method::GET).text("")
}

/// Sees that a client is told how to do better: the status, the error, the scopes, and nothing else.
#[track_caller]
pub(super) fn challenged(reply: &Reply, status: u16, error: Option<&str>, scopes: &str) {
    assert_eq!(reply.status, status, "{reply:?}");
    let part = |name: &str, value: &str| format!("{name}=\"{value}\"");
    let error = error.map(|error| part("error", error));
    let scopes = (!scopes.is_empty()).then(|| part("scope", scopes));
    let parts = [error, scopes, Some(part("resource_metadata", METADATA))];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    assert_eq!(reply.header("www-authenticate"), format!("Bearer {}", parts.join(", ")), "{reply:?}");
    assert_eq!(reply.json()["jsonrpc"], json!("2.0"));
    assert_eq!(reply.header("mcp-session-id"), "");
}

/// Sees that the caller lacks these scopes, which are all that is needed.
#[track_caller]
pub(super) fn lacks(reply: &Reply, scopes: &str) {
    challenged(reply, 403, Some("insufficient_scope"), scopes);
}
