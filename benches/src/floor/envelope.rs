//! The messages' envelopes, typed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A JSON-RPC request.
#[derive(Debug, Deserialize)]
pub struct Request<P> {
    /// Always 2.0.
    pub jsonrpc: String,
    /// A number or a string.
    pub id: Value,
    /// The one method that the handler is for.
    pub method: String,
    /// What the method takes.
    pub params: P,
}

/// What a modern client says of itself with each request.
#[derive(Debug, Deserialize)]
pub struct RequestMeta {
    /// The revision.
    #[serde(rename = "io.modelcontextprotocol/protocolVersion")]
    pub protocol_version: String,
    /// The client.
    #[serde(rename = "io.modelcontextprotocol/clientInfo")]
    pub client_info: ClientInfo,
    /// What the client can do.
    #[serde(rename = "io.modelcontextprotocol/clientCapabilities")]
    pub client_capabilities: ClientCapabilities,
}

/// A client's name and version.
#[derive(Debug, Deserialize)]
pub struct ClientInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What the driver's client can do.
#[derive(Debug, Deserialize)]
pub struct ClientCapabilities {
    /// Ask its user.
    pub elicitation: Option<Elicitation>,
}

/// The ways to ask a user.
#[derive(Debug, Deserialize)]
pub struct Elicitation {
    /// With a form.
    pub form: Option<Empty>,
    /// With a page.
    pub url: Option<Empty>,
}

/// An object without members.
#[derive(Debug, Deserialize)]
pub struct Empty {}

/// A JSON-RPC response.
#[derive(Debug, Serialize)]
pub struct Response<R> {
    jsonrpc: &'static str,
    id: Value,
    result: R,
}

impl<R> Response<R> {
    /// The answer to the request of this id.
    pub fn new(id: Value, result: R) -> Self {
        Self { jsonrpc: "2.0", id, result }
    }
}

/// What a modern server says of itself with each result.
#[derive(Debug, Serialize)]
pub struct ResultMeta {
    #[serde(rename = "io.modelcontextprotocol/serverInfo")]
    server_info: ServerInfo,
}

#[derive(Debug, Serialize)]
struct ServerInfo {
    name: &'static str,
    version: &'static str,
}

/// The name and the version of every measured server.
pub const SERVER: ResultMeta = ResultMeta { server_info: ServerInfo { name: "bench", version: "0.1.0" } };
