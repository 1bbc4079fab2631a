//! What the clients send, byte for byte as the official TypeScript client (2.4.0, on Node 20) does, and what
//! must come back.

use mcp_benches::issuer::TOKEN;
use serde_json::{Value, json};

use crate::{
    Fallible,
    client::{Answer, Client},
};

/// A kind of traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Traffic {
    /// `tools/call`, 2026-07-28: no session, everything in each request.
    ModernCall,
    /// The same with a token, to a server that wants one with a scope.
    ProtectedCall,
    /// `tools/call` in a 2025-11-25 session.
    LegacyCall,
    /// `tools/list` of 200 tools, 2026-07-28.
    ModernList,
}

const META: &str = concat!(
    r#"{"io.modelcontextprotocol/protocolVersion":"2026-07-28","#,
    r#""io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1.0.0"},"#,
    r#""io.modelcontextprotocol/clientCapabilities":{"elicitation":{"form":{},"url":{}}}}"#
);
const INITIALIZE: &str = concat!(
    r#"{"method":"initialize","params":{"protocolVersion":"2025-11-25","#,
    r#""capabilities":{"elicitation":{"form":{},"url":{}}},"clientInfo":{"name":"bench","version":"1.0.0"}},"#,
    r#""jsonrpc":"2.0","id":0}"#
);
const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;

impl Traffic {
    /// What the table calls it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::ModernCall => "`add`, 2026-07-28",
            Self::ProtectedCall => "`add` with a token and a scope, 2026-07-28",
            Self::LegacyCall => "`add`, 2025-11-25 session",
            Self::ModernList => "`tools/list` of 200, 2026-07-28",
        }
    }

    /// The headers of each request, after the handshake where the traffic has one.
    ///
    /// The floor knows no handshake and gives no session: it gets a session's worth of headers all the same.
    pub(crate) fn open(self, client: &mut Client) -> Fallible<Vec<(&'static str, String)>> {
        match self {
            Self::ModernCall => Ok(headers(&[
                ("mcp-protocol-version", "2026-07-28"),
                ("mcp-method", "tools/call"),
                ("mcp-name", "add"),
            ])),
            Self::ProtectedCall => {
                let mut headers = Self::ModernCall.open(client)?;
                headers.push(("authorization", format!("Bearer {TOKEN}")));
                Ok(headers)
            }
            Self::ModernList => {
                Ok(headers(&[("mcp-protocol-version", "2026-07-28"), ("mcp-method", "tools/list")]))
            }
            Self::LegacyCall => {
                let answer = client.post(&[], INITIALIZE)?;
                let session =
                    answer.header("mcp-session-id").unwrap_or("00000000-0000-0000-0000-000000000000");
                let headers = headers(&[("mcp-session-id", session), ("mcp-protocol-version", "2025-11-25")]);
                client.post(&headers, INITIALIZED)?;
                Ok(headers)
            }
        }
    }

    /// The body of a call.
    pub(crate) fn body(self, id: u64) -> String {
        let a = id * 7;
        match self {
            Self::ModernCall | Self::ProtectedCall => format!(
                r#"{{"method":"tools/call","params":{{"name":"add","arguments":{{"a":{a},"b":{id}}},"_meta":{META}}},"jsonrpc":"2.0","id":{id}}}"#
            ),
            Self::LegacyCall => format!(
                r#"{{"method":"tools/call","params":{{"name":"add","arguments":{{"a":{a},"b":{id}}}}},"jsonrpc":"2.0","id":{id}}}"#
            ),
            Self::ModernList => {
                format!(r#"{{"method":"tools/list","jsonrpc":"2.0","id":{id},"params":{{"_meta":{META}}}}}"#)
            }
        }
    }

    /// Refuses every answer that is not the right one.
    pub(crate) fn check(self, id: u64, answer: &Answer) -> Fallible<Value> {
        let message = answer.message()?;
        let result = &message["result"];
        let right = match self {
            Self::ModernCall | Self::ProtectedCall | Self::LegacyCall => {
                result["content"] == json!([{ "type": "text", "text": (id * 8).to_string() }])
                    && result["isError"] != true
            }
            Self::ModernList => result["tools"].as_array().is_some_and(|tools| tools.len() == 200),
        };
        let modern = self != Self::LegacyCall;
        if answer.status == 200
            && message["id"] == id
            && right
            && (!modern || result["resultType"] == "complete")
        {
            Ok(message)
        } else {
            Err(format!("call {id} got a wrong answer: {} {message}", answer.status).into())
        }
    }
}

fn headers(headers: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}
