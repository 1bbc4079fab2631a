//! A question, its answer, and what goes from one round of a call to the next.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::protocol::input::Input;

/// What becomes of a question that has no answer yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nobody may be asked.
    #[default]
    Never,
    /// The call ends with what it asks, and is begun again with the answers.
    Park,
    /// It is sent to the client, on the stream of the call.
    Send,
    /// It is kept until the client fetches it: the call is a task.
    Keep,
}

/// What is to be asked.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) input: Input,
    /// Tells this question from every other one.
    pub(crate) digest: String,
    /// The author's own key.
    pub(crate) name: Option<Box<str>>,
}

/// A question, asked in one call.
#[derive(Debug)]
pub(crate) struct Question {
    /// Unique in its call.
    pub(crate) key: Box<str>,
    pub(crate) input: Input,
    pub(super) digest: String,
    /// Its key is its author's own.
    pub(super) is_named: bool,
}

impl Question {
    /// Its key, and the request that it is.
    pub(crate) fn request(&self) -> (String, Value) {
        (self.key.to_string(), json!({ "method": self.input.method(), "params": self.input.params() }))
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// The client's result, as it sent it.
    Result(Value),
    /// The client's error. Sessions only.
    Error { code: i64 },
    /// There is no way to ask it in the client's revision. Sessions only.
    Unsupported,
}

/// An answer of an earlier round, and the question that it answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Given {
    pub(crate) digest: String,
    pub(crate) result: Value,
}

/// What a request brings with it from earlier rounds.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Brought {
    /// There was a state: this server has asked before.
    pub(crate) has_state: bool,
    /// What the client answers now. It may have made all of it up.
    pub(crate) responses: Map<String, Value>,
    /// What it answered before.
    pub(crate) answers: HashMap<String, Given>,
    /// The digests of the questions with names that it was asked last.
    pub(crate) asked: HashMap<String, String>,
    /// The results of the steps that were taken.
    pub(crate) steps: Map<String, Value>,
    /// Which chain of rounds this is, where that matters.
    pub(crate) chain: Option<String>,
}

/// Why a step isn't taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoStep {
    /// Two steps of one call have one key.
    #[error("two steps of one call have the key `{0}`; give each its own, as in `format!(\"{0}-{{n}}\")`")]
    Two(String),
    /// The call is over, and what the step gave would be lost.
    #[error("the call is over, so the step `{0}` is not taken")]
    Over(String),
}

impl Brought {
    /// Whether there is nothing to carry to the next round.
    pub(crate) fn is_empty(&self) -> bool {
        self.answers.is_empty() && self.asked.is_empty() && self.steps.is_empty() && self.chain.is_none()
    }
}
