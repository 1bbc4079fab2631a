//! The wire as data.
//!
//! Takes bytes and values, gives typed messages and JSON. Knows nothing of HTTP, of async, or of what a
//! server offers. Shapes follow the newest revision ([schema]); `era/` knows what older ones need.
//!
//! [schema]: https://modelcontextprotocol.io/specification/2026-07-28/schema

pub(crate) mod completion;
pub(crate) mod content;
pub(crate) mod elicitation;
pub(crate) mod input;
pub(crate) mod json;
pub(crate) mod lifecycle;
pub(crate) mod message;
pub(crate) mod notification;
pub(crate) mod prompts;
pub(crate) mod resources;
pub(crate) mod roots;
pub(crate) mod sampling;
pub(crate) mod shortened;
pub(crate) mod skills;
pub(crate) mod tools;
pub(crate) mod uri;
pub(crate) mod version;
