//! Why a question has no answer.

use std::fmt;

use serde_json::Value;

use crate::{call::Way, error::ToolError, protocol::input::Ability};

/// Why a question has no answer.
///
/// In a function that returns `Result<_, ToolError>`, `?` tells the model, or the client where it is the client that
/// lacks something. It is no `std::error::Error`: what is one is masked on its way to the model, and a function that
/// fails with boxed errors takes what it asks for as `ctx.elicit(..).await.map_err(ToolError::from)?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskError {
    /// The user said no.
    Declined,
    /// There is no answer: the question was dismissed, nobody answered in time, the client answered with an error, or
    /// three times with something that doesn't fit what was asked.
    Cancelled,
    /// The client can't be asked this.
    Unsupported(Unsupported),
    /// This isn't a question that may be asked: a mistake of whoever wrote the function, told in the log.
    Invalid(String),
}

/// What a client would have to be able to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    ability: Ability,
    way: Way,
    /// The client's revision has nothing like it.
    is_unknown: bool,
}

impl Unsupported {
    pub(crate) fn new(ability: Ability, way: Way) -> Self {
        Self { ability, way, is_unknown: false }
    }

    /// Something that can't be asked in the client's revision, whatever it declares.
    pub(super) fn unknown(ability: Ability, way: Way) -> Self {
        Self { is_unknown: true, ..Self::new(ability, way) }
    }

    /// The capabilities that the client doesn't declare, in the shape of `ClientCapabilities`.
    pub fn capabilities(&self) -> Value {
        self.ability.capability()
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.way == Way::Never {
            return f.write_str("nobody can be asked here: completions, and calls from the command line, have no client for it");
        }
        if self.is_unknown {
            return f.write_str("the client's revision of the protocol has no such question");
        }
        let (what, capability) = match self.ability {
            Ability::Form => ("ask its user with a form", "elicitation"),
            Ability::Page => ("send its user to a page", "elicitation.url"),
            Ability::Sample => ("sample its model", "sampling"),
            Ability::SampleWithTools => ("let its model use tools", "sampling.tools"),
            Ability::Roots => ("list its roots", "roots"),
        };
        write!(f, "this needs a client that can {what}, and this one does not declare `{capability}`")
    }
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declined => f.write_str("the user declined"),
            Self::Cancelled => f.write_str("the question was not answered"),
            Self::Unsupported(unsupported) => unsupported.fmt(f),
            Self::Invalid(reason) => f.write_str(reason),
        }
    }
}

impl From<AskError> for ToolError {
    fn from(error: AskError) -> Self {
        match &error {
            // Sessions have no error for it that their clients know.
            AskError::Unsupported(lacking) if matches!(lacking.way, Way::Park | Way::Keep) => {
                Self::needs_client_capability(lacking.capabilities())
            }
            AskError::Invalid(reason) => Self::masked(reason.clone()),
            _ => Self::tell(capitalised(&error.to_string())),
        }
    }
}

/// A sentence for the model.
fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).chain(['.']).collect()
}
