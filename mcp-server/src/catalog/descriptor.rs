//! What annotations describe: data and functions, no policy.
//!
//! The macros write one static of these per function, found through `inventory`. A method's has no function of its
//! own: its object brings one that holds the object.

use std::time::Duration;

use schemars::{Schema, SchemaGenerator};

use super::{
    input::Input,
    invocation::{Handled, Invocation},
};
use crate::{
    error::Place,
    protocol::{
        completion::Completion,
        content::Role,
        prompts::PromptResult,
        resources::{Cache, ResourceContents},
        tools::{Hints, ToolResult},
    },
};

/// One annotated function of the program.
#[derive(Debug)]
pub enum Registered {
    /// `#[mcp_tool]`
    Tool(&'static ToolDescriptor, fn(Invocation) -> Handled<ToolResult>),
    /// `#[mcp_resource]`
    Resource(&'static ResourceDescriptor, fn(Invocation) -> Handled<Vec<ResourceContents>>),
    /// `#[mcp_prompt]`
    Prompt(&'static PromptDescriptor, fn(Invocation) -> Handled<PromptResult>),
    /// `#[mcp_completion]`
    Completion(&'static CompletionDescriptor, fn(Invocation) -> Handled<Completion>),
}

inventory::collect!(Registered);

/// What an offer shows of itself.
#[derive(Debug, Clone, Copy)]
pub struct CardDescriptor {
    /// Its name.
    pub name: &'static str,
    /// A name for people.
    pub title: Option<&'static str>,
    /// What it is, for the model.
    pub description: &'static str,
    /// The URI of an image.
    pub icon: Option<&'static str>,
    /// Its `_meta`, a JSON object as text.
    pub meta: Option<&'static str>,
}

/// What `#[mcp_tool]` writes down about a function.
#[derive(Debug)]
pub struct ToolDescriptor {
    /// What the tool shows of itself.
    pub card: CardDescriptor,
    /// MCP's annotations.
    pub hints: Hints,
    /// What must hold before the function runs.
    pub rules: Rules,
    /// Where the function stands.
    pub place: Place,
    /// Declares the parameters.
    pub input: fn(&mut Input),
    /// The schema of what the function returns, where it is a structured value.
    pub output: fn(&mut SchemaGenerator) -> Option<Schema>,
}

/// What `#[mcp_resource]` writes down about a function.
#[derive(Debug)]
pub struct ResourceDescriptor {
    /// A URI, or a template of URIs (RFC 6570).
    pub uri: &'static str,
    /// What the resource shows of itself.
    pub card: CardDescriptor,
    /// Its media type, for contents that say nothing else.
    pub mime: Option<&'static str>,
    /// Its size in bytes. Fixed URIs only.
    pub size: Option<u64>,
    /// MCP's annotations.
    pub annotations: Option<AnnotationsDescriptor>,
    /// For how long and for whom clients may keep it.
    pub cache: Cache,
    /// What must hold before the function runs.
    pub rules: Rules,
    /// Where the function stands.
    pub place: Place,
    /// Declares the parameters.
    pub input: fn(&mut Input),
}

/// Who a resource is for, how much it matters, and when it last changed.
#[derive(Debug, Clone, Copy)]
pub struct AnnotationsDescriptor {
    /// Who it is for.
    pub audience: &'static [Role],
    /// From 0 to 1.
    pub priority: Option<f64>,
    /// An ISO 8601 time.
    pub last_modified: Option<&'static str>,
}

/// What `#[mcp_prompt]` writes down about a function.
#[derive(Debug)]
pub struct PromptDescriptor {
    /// What the prompt shows of itself.
    pub card: CardDescriptor,
    /// What must hold before the function runs.
    pub rules: Rules,
    /// Where the function stands.
    pub place: Place,
    /// Declares the parameters.
    pub input: fn(&mut Input),
}

/// What `#[mcp_completion]` writes down about a function.
#[derive(Debug)]
pub struct CompletionDescriptor {
    /// What has the argument.
    pub of: Completed,
    /// The argument's name.
    pub argument: &'static str,
    /// Where the function stands.
    pub place: Place,
    /// Declares the parameters. The first argument is what was typed; the others are those of the prompt or of the
    /// template, as far as they are known.
    pub input: fn(&mut Input),
}

/// What has arguments that can be completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completed {
    /// The prompt of this name.
    Prompt(&'static str),
    /// The resource of this template.
    Resource(&'static str),
}

/// What must hold before a function runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rules {
    /// The scopes a token must have, all of them.
    pub scopes: &'static [&'static str],
    /// Callable without a token, also where the server wants tokens.
    pub public: bool,
    /// For every token, whatever its scopes.
    pub authenticated: bool,
    /// Clients are asked to begin with these scopes.
    pub start: bool,
    /// Who must allow each call.
    pub approval: Option<Approval>,
    /// The longest a call may take.
    pub timeout: Option<Duration>,
    /// How many calls a principal may make in which time.
    pub rate: Option<Rate>,
    /// How many calls of a principal may run at once.
    pub concurrency: Option<u32>,
    /// Whether it runs as a task.
    pub task: TaskRule,
}

impl Rules {
    /// No rule at all.
    pub const NONE: Self = Self {
        scopes: &[],
        public: false,
        authenticated: false,
        start: false,
        approval: None,
        timeout: None,
        rate: None,
        concurrency: None,
        task: TaskRule::Never,
    };
}

/// Whether a call runs as a task, which its client asks about later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TaskRule {
    /// It is answered in place.
    #[default]
    Never,
    /// As its client likes.
    May,
    /// Only clients that know tasks can call.
    Must,
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
