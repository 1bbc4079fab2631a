//! What a server asks its client for, whatever becomes of the question.
//!
//! Source: [`InputRequest`](https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr#inputrequests).

use serde_json::{Value, json};

use super::{
    elicitation::{self, Elicitation},
    message::to_value,
    roots,
    sampling::{self, Sampling},
};

/// What is asked for, in the newest revision's terms.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Input {
    /// Something of the user.
    Elicit(Elicitation),
    /// Something of the client's model.
    Sample(Box<Sampling>),
    /// The client's roots.
    Roots,
}

/// What a client must be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Ability {
    Form,
    Page,
    Sample,
    SampleWithTools,
    Roots,
}

impl Input {
    /// The method of the request.
    pub(crate) fn method(&self) -> &'static str {
        match self {
            Self::Elicit(_) => elicitation::METHOD,
            Self::Sample(_) => sampling::METHOD,
            Self::Roots => roots::METHOD,
        }
    }

    /// The parameters of the request.
    pub(crate) fn params(&self) -> Value {
        match self {
            Self::Elicit(elicitation) => elicitation.params(),
            Self::Sample(sampling) => to_value(sampling),
            Self::Roots => json!({}),
        }
    }

    /// What its client must be able to do.
    pub(crate) fn needs(&self) -> Ability {
        match self {
            Self::Elicit(Elicitation::Form { .. }) => Ability::Form,
            Self::Elicit(Elicitation::Page { .. }) => Ability::Page,
            Self::Sample(sampling) if sampling.needs_tools() => Ability::SampleWithTools,
            Self::Sample(_) => Ability::Sample,
            Self::Roots => Ability::Roots,
        }
    }
}

impl Input {
    /// What is wrong with it, for whoever wrote the function.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self {
            Self::Elicit(Elicitation::Form { message, .. } | Elicitation::Page { message, .. })
                if message.trim().is_empty() =>
            {
                Err("a question to the user says what it is about; this one is empty".to_owned())
            }
            Self::Sample(sampling) => sampling.check(),
            Self::Elicit(_) | Self::Roots => Ok(()),
        }
    }
}

impl Ability {
    /// The capability, in the shape of `ClientCapabilities`.
    pub(crate) fn capability(self) -> Value {
        match self {
            Self::Form => json!({ "elicitation": { "form": {} } }),
            Self::Page => json!({ "elicitation": { "url": {} } }),
            Self::Sample => json!({ "sampling": {} }),
            Self::SampleWithTools => json!({ "sampling": { "tools": {} } }),
            Self::Roots => json!({ "roots": {} }),
        }
    }
}
