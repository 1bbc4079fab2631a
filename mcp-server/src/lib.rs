#![doc = include_str!("lib.md")]

mod ask;
mod auth;
mod call;
mod catalog;
#[cfg(feature = "cli")]
mod cli;
mod clock;
mod cluster;
mod dispatch;
mod drive;
mod era;
mod error;
mod guard;
mod http;
pub mod prelude;
mod protocol;
mod quota;
mod scope;
mod secret;
mod server;
mod stdio;
mod store;
mod telemetry;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use ask::{
    AskError, Elicit, ElicitForm, ElicitUrl, Form, FormChoice, FormField, FormSchema, InvalidForm,
    InvalidStateKeys, Kept, Roots, Sample, StateKeys, Unsupported,
};
pub use auth::{
    AccessToken, Algorithm, Auth, BoxFuture, Fetch, FetchError, Introspection, Issuer, Rejected, Verified,
    Verifier,
};
pub use call::{Call, Ctx, List, Log, Principal, Progress, State, Trace};
pub use catalog::{
    Arguments, Complete, Completing, CompletionOutput, FromCall, Invocation, Needs, Offers, Prompt,
    PromptOutput, Provider, Resource, ResourceOutput, Tool, ToolOutput,
};
pub use clock::{Clock, Hand};
pub use error::{BuildError, Error, Place, Problem, ToolError};
pub use mcp_macros::{Form, mcp_completion, mcp_prompt, mcp_resource, mcp_tool, mcp_tools};
pub use protocol::{
    completion::Completion,
    content::{Annotations, Audio, Content, EmbeddedResource, Image, ResourceLink, Role, Text},
    notification::{Level, UnknownLevel},
    prompts::{PromptMessage, PromptResult},
    resources::{CacheScope, ResourceContents},
    roots::Root,
    sampling::{Sampled, Sampling, SamplingContent, SamplingMessage, ToolChoice, ToolUse, ToolUseResult},
    tools::{Hints, ToolResult},
};
pub use server::{Catalog, McpServer, Server};
