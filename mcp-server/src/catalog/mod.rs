//! What the server offers.
//!
//! Takes descriptors that the macros wrote (or tools built by hand), gives a registry of compiled tools: a
//! schema to publish, a validator for it, and one function to call. Knows nothing of HTTP, of revisions, or of
//! who may call what.

pub(crate) mod arguments;
pub(crate) mod descriptor;
pub(crate) mod input;
mod invocation;
mod output;
mod registry;
mod schema;
mod tool;

pub(crate) use arguments::HeaderArgument;
pub(crate) use descriptor::Rules;
pub use descriptor::ToolDescriptor;
pub use input::{FromCall, Needs};
pub(crate) use invocation::BoxFuture;
pub use invocation::{Arguments, Handled, Invocation};
pub use output::ToolOutput;
pub(crate) use registry::{Catalog, Selection};
pub(crate) use tool::Entry;
pub use tool::Tool;
