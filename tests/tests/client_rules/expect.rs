//! What must come back.

use mcp_tests::{challenge::Challenge, wire::Reply};
use serde_json::Value;

/// One thing about an answer.
pub(crate) enum Expect {
    /// The status is one of these.
    Status(&'static [u16]),
    /// A header has this value.
    Header(&'static str, String),
    /// A header lists this, or everything.
    Lists(&'static str, &'static str),
    /// There is no such header.
    No(&'static str),
    /// There is no body.
    Empty,
    /// The body is JSON with this at a pointer.
    Json(&'static str, Value),
    /// The body is JSON with a list at a pointer that holds this.
    Holds(&'static str, Value),
    /// The challenge has exactly these parameters.
    Challenge(Vec<(&'static str, String)>),
}

impl Expect {
    /// What is wrong, if it isn't so.
    pub(crate) fn problem(&self, reply: &Reply) -> Option<String> {
        let differs = |what: String, is: String| Some(format!("{what}, not {is}"));
        match self {
            Self::Status(allowed) if allowed.contains(&reply.status) => None,
            Self::Status(allowed) => differs(format!("status {allowed:?}"), reply.status.to_string()),
            Self::Header(name, value) if reply.header(name) == value => None,
            Self::Header(name, value) => differs(format!("{name}: {value}"), reply.header(name).to_owned()),
            Self::Lists(name, item) if lists(reply.header(name), item) => None,
            Self::Lists(name, item) => differs(format!("{item} in {name}"), reply.header(name).to_owned()),
            Self::No(name) if !reply.headers.contains_key(*name) => None,
            Self::No(name) => differs(format!("no {name}"), reply.header(name).to_owned()),
            Self::Empty if reply.body.is_empty() => None,
            Self::Empty => differs("no body".to_owned(), format!("{} bytes", reply.body.len())),
            Self::Json(at, value) if json(reply).pointer(at) == Some(value) => None,
            Self::Json(at, value) => differs(format!("{value} at {at}"), json(reply).to_string()),
            Self::Holds(at, value) if holds(&json(reply), at, value) => None,
            Self::Holds(at, value) => differs(format!("{value} in {at}"), json(reply).to_string()),
            Self::Challenge(params) => challenge(params, reply),
        }
    }
}

fn lists(header: &str, item: &str) -> bool {
    header.split(',').any(|listed| listed.trim() == "*" || listed.trim().eq_ignore_ascii_case(item))
}

fn json(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or_default()
}

fn holds(document: &Value, at: &str, value: &Value) -> bool {
    document.pointer(at).and_then(Value::as_array).is_some_and(|list| list.contains(value))
}

fn challenge(params: &[(&'static str, String)], reply: &Reply) -> Option<String> {
    if !reply.headers.contains_key("www-authenticate") {
        return Some("a challenge, and there is none".to_owned());
    }
    let challenge = Challenge::of(reply);
    let expected = params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let is_so = challenge.scheme == "Bearer" && challenge.params == expected;
    (!is_so).then(|| format!("a Bearer challenge of {expected:?}, not {challenge:?}"))
}
