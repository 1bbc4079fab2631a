//! JSON-RPC 2.0 as MCP uses it: one message, its id, its parameters.
//!
//! Source: [Messages](https://modelcontextprotocol.io/specification/2026-07-28/basic/index#messages).

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Number, Value};

use super::json::{Json, Object};

/// The longest request id that is a string, in bytes. It is echoed in every answer.
pub(crate) const MAX_ID: usize = 256;

/// A request's id: an integer or a string, never null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum RequestId {
    Integer(Number),
    Text(String),
}

/// One JSON-RPC message that a client sends.
#[derive(Debug)]
pub(crate) enum Message<'a> {
    Request {
        id: RequestId,
        method: Cow<'a, str>,
        params: Object<'a>,
    },
    Notification {
        method: Cow<'a, str>,
        params: Object<'a>,
    },
    /// The answer to a question of ours (legacy revisions only): its result, or its error's code.
    Response {
        id: Option<RequestId>,
        answer: Result<Json<'a>, i64>,
    },
}

/// JSON that isn't a JSON-RPC message. Says which rule it breaks, and carries the id when that could be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) id: Option<RequestId>,
    pub(crate) reason: Cow<'static, str>,
}

impl Malformed {
    fn new(id: Option<RequestId>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { id, reason: reason.into() }
    }
}

impl<'a> Message<'a> {
    /// Reads the envelope.
    pub(crate) fn read(json: Json<'a>) -> Result<Self, Malformed> {
        let mut members = match json {
            Json::Object(members) => members,
            Json::Array(_) => {
                return Err(Malformed::new(None, "a body holds one message; JSON-RPC batches are not taken"));
            }
            other => {
                return Err(Malformed::new(
                    None,
                    format!("a message is a JSON object, not {}", other.kind()),
                ));
            }
        };
        let id = members.take("id").map(read_id).transpose()?;
        if members.get("jsonrpc").and_then(Json::as_str) != Some("2.0") {
            return Err(Malformed::new(id, "`jsonrpc` must be \"2.0\""));
        }
        let method = match members.take("method") {
            Some(Json::String(method)) => method,
            Some(other) => {
                return Err(Malformed::new(id, format!("`method` must be a string, not {}", other.kind())));
            }
            None if let Some(result) = members.take("result") => {
                return Ok(Self::Response { id, answer: Ok(result) });
            }
            None if let Some(error) = members.take("error") => {
                let code = error.as_object().and_then(|error| error.get("code")).and_then(Json::as_i64);
                return Ok(Self::Response { id, answer: Err(code.unwrap_or_default()) });
            }
            None => return Err(Malformed::new(id, "`method` is missing")),
        };
        let params = match members.take("params") {
            None => Object::default(),
            Some(Json::Object(params)) => params,
            Some(other) => {
                return Err(Malformed::new(id, format!("`params` must be an object, not {}", other.kind())));
            }
        };
        Ok(match id {
            Some(id) => Self::Request { id, method, params },
            None => Self::Notification { method, params },
        })
    }
}

/// Reads a request's id.
pub(crate) fn read_id(json: Json<'_>) -> Result<RequestId, Malformed> {
    match json {
        Json::Number(number) if !number.is_f64() => Ok(RequestId::Integer(number)),
        Json::String(text) if text.len() <= MAX_ID => Ok(RequestId::Text(text.into_owned())),
        Json::String(_) => Err(Malformed::new(None, format!("an `id` has {MAX_ID} bytes at most"))),
        other => {
            Err(Malformed::new(None, format!("an `id` is a string or an integer, not {}", other.kind())))
        }
    }
}

/// The text of an error response. Without an id where none could be read.
pub(crate) fn error_response(
    id: Option<&RequestId>,
    code: i32,
    message: &str,
    data: Option<&Value>,
) -> Vec<u8> {
    #[derive(Serialize)]
    struct Response<'a> {
        jsonrpc: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a RequestId>,
        error: Error<'a>,
    }
    #[derive(Serialize)]
    struct Error<'a> {
        code: i32,
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        data: Option<&'a Value>,
    }
    let mut out = Vec::with_capacity(256);
    write_json(&mut out, &Response { jsonrpc: "2.0", id, error: Error { code, message, data } });
    out
}

/// Begins a result response: everything up to the result itself. The caller closes it with `}`.
pub(crate) fn begin_response(out: &mut Vec<u8>, id: &RequestId) {
    out.extend_from_slice(b"{\"jsonrpc\":\"2.0\",\"id\":");
    write_json(out, id);
    out.extend_from_slice(b",\"result\":");
}

/// A value of this crate's own as JSON.
pub(crate) fn to_value(value: &impl Serialize) -> Value {
    serde_json::to_value(value)
        .unwrap_or_else(|_| unreachable!("the wire's own types always have a JSON form"))
}

/// Writes a value of this crate's own as JSON.
pub(crate) fn write_json(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    // A vector takes every byte, and the types that are written here have string keys only.
    if serde_json::to_writer(out, value).is_err() {
        unreachable!("the wire's own types always have a JSON form");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::json;

    fn read(text: &str) -> Result<Message<'_>, Malformed> {
        Message::read(json::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn ids_are_integers_or_strings() {
        for id in ["1", "-1", "\"a\"", "18446744073709551615"] {
            let text = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
            assert!(matches!(read(&text), Ok(Message::Request { .. })), "{text}");
        }
        for id in ["null", "1.5", "1.0", "{}", "[1]", "true"] {
            let text = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
            assert!(read(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_error_carries_the_id_when_it_could_be_read() {
        let error = read(r#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#).unwrap_err();
        assert_eq!(error.id, Some(RequestId::Integer(7.into())));
    }

    #[test]
    fn no_id_is_a_notification_and_no_method_a_response() {
        assert!(matches!(read(r#"{"jsonrpc":"2.0","method":"x"}"#), Ok(Message::Notification { .. })));
        assert!(matches!(read(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#), Ok(Message::Response { .. })));
        assert!(read(r#"{"jsonrpc":"2.0","id":1}"#).is_err());
        assert!(read("[]").is_err());
    }
}
