#![doc = include_str!("lib.md")]

mod call;
mod catalog;
#[cfg(feature = "cli")]
mod cli;
mod clock;
mod dispatch;
mod era;
mod error;
mod guard;
mod http;
pub mod prelude;
mod protocol;
mod server;
mod telemetry;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use call::{Call, Ctx, Log, Principal, Progress, State};
pub use catalog::{Arguments, FromCall, Invocation, Needs, Tool, ToolOutput};
pub use clock::{Clock, Hand};
pub use error::{BuildError, Error, Place, Problem, ToolError};
pub use mcp_macros::mcp_tool;
pub use protocol::{
    content::{Annotations, Audio, Content, EmbeddedResource, Image, ResourceLink, Role, Text},
    notification::{Level, UnknownLevel},
    tools::{Hints, ToolResult},
};
pub use server::{McpServer, Server};
