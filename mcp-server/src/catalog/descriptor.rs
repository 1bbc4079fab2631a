//! A tool as an annotation describes it: data and three functions, no policy.

use std::time::Duration;

use schemars::{Schema, SchemaGenerator};

use super::{
    input::Input,
    invocation::{Handled, Invocation},
};
use crate::{error::Place, protocol::tools::Hints};

/// What `#[mcp_tool]` writes down about a function. One static per tool, found through `inventory`.
#[derive(Debug)]
pub struct ToolDescriptor {
    /// The tool's name.
    pub name: &'static str,
    /// A name for people.
    pub title: Option<&'static str>,
    /// What the tool does, for the model.
    pub description: &'static str,
    /// The URI of an image.
    pub icon: Option<&'static str>,
    /// The tool's `_meta`, a JSON object as text.
    pub meta: Option<&'static str>,
    /// MCP's annotations.
    pub hints: Hints,
    /// What must hold before the function runs.
    pub rules: Rules,
    /// Where the function stands.
    pub place: Place,
    /// The function itself, and its signature.
    pub glue: Glue,
}

inventory::collect!(ToolDescriptor);

/// What must hold before a tool's function runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rules {
    /// The scopes a token must have, all of them.
    pub scopes: &'static [&'static str],
    /// Callable without a token, also where the server wants tokens.
    pub public: bool,
    /// Who must allow each call.
    pub approval: Option<Approval>,
    /// The longest a call may take.
    pub timeout: Option<Duration>,
    /// How many calls a principal may make in which time.
    pub rate: Option<Rate>,
    /// How many calls of a principal may run at once.
    pub concurrency: Option<u32>,
    /// May run as a task.
    pub task: bool,
}

impl Rules {
    /// No rule at all.
    pub const NONE: Self = Self {
        scopes: &[],
        public: false,
        approval: None,
        timeout: None,
        rate: None,
        concurrency: None,
        task: false,
    };
}

/// Who must allow a call, when, and for how long that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approval {
    /// Who decides.
    pub level: ApprovalLevel,
    /// The path of a `fn(&Arguments) -> bool` that says whether this call needs approval, as written.
    pub when: Option<&'static str>,
    /// How long a decision may be waited for.
    pub ttl: Option<Duration>,
    /// How long an approval holds for further calls.
    pub remember: Option<Duration>,
    /// What the approver is asked.
    pub message: Option<&'static str>,
}

/// Who decides about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalLevel {
    /// Whoever drives the client.
    Client,
    /// The person whose token it is, on a page of the server's.
    User,
    /// Somebody else, who may approve.
    SecondPerson,
}

/// A number of calls in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many calls.
    pub calls: u32,
    /// In which time.
    pub per: Duration,
}

/// A function and its signature, as code.
#[derive(Debug, Clone, Copy)]
pub struct Glue {
    /// Declares the parameters.
    pub input: fn(&mut Input),
    /// The schema of what the function returns, where it is a structured value.
    pub output: fn(&mut SchemaGenerator) -> Option<Schema>,
    /// Calls the function.
    pub call: fn(Invocation) -> Handled,
}
