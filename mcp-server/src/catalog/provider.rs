//! Objects that offer things: what `#[mcp_tools]` makes of an `impl`.

use std::sync::Arc;

use super::{completion::CompletionSource, prompt::Prompt, registry::Found, resource::Resource, tool::Tool};

/// A value that offers tools, resources, prompts and completions: what [`#[mcp_tools]`](crate::mcp_tools) implements
/// for the type of an `impl`. [`McpServer::tools`](crate::McpServer::tools) takes it.
///
/// Implement it by hand for things that are known at run time only.
///
/// # Example
///
/// ```standalone_crate
/// use std::sync::Arc;
///
/// use mcp_server::{Invocation, McpServer, Offers, Provider, Resource};
///
/// struct Library {
///     titles: Vec<&'static str>,
/// }
///
/// impl Provider for Library {
///     fn provide(self: Arc<Self>, offers: &mut Offers<'_>) {
///         for title in &self.titles {
///             let uri = format!("books://{title}");
///             offers.resource(Resource::new(uri, *title, "A book.", |_: Invocation| async { Ok("Call me Ishmael.") }));
///         }
///     }
/// }
///
/// let server = McpServer::new("library").tools(Library { titles: vec!["moby-dick"] }).build()?;
/// # Ok::<(), mcp_server::BuildError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` offers nothing",
    label = "no `impl` with `#[mcp_tools]`",
    note = "put `#[mcp_tools]` on the `impl` of the type, and `#[mcp_tool]` on its methods"
)]
pub trait Provider {
    /// Adds everything that the value offers. What is called later holds the value.
    fn provide(self: Arc<Self>, offers: &mut Offers<'_>);
}

/// A handle that its owner keeps: for what changes the object while the server runs.
impl<T: Provider> Provider for Arc<T> {
    fn provide(self: Arc<Self>, offers: &mut Offers<'_>) {
        T::provide(Self::clone(&self), offers);
    }
}

/// Takes what a [`Provider`] offers.
#[derive(Debug)]
pub struct Offers<'s>(&'s mut Found);

impl<'s> Offers<'s> {
    pub(crate) fn new(found: &'s mut Found) -> Self {
        Self(found)
    }

    /// Adds a tool.
    pub fn tool(&mut self, tool: Tool) {
        self.0.tools.push(tool);
    }

    /// Adds a resource or a template.
    pub fn resource(&mut self, resource: Resource) {
        self.0.resources.push(resource);
    }

    /// Adds a prompt.
    pub fn prompt(&mut self, prompt: Prompt) {
        self.0.prompts.push(prompt);
    }

    pub(crate) fn completion(&mut self, completion: CompletionSource) {
        self.0.completions.push(completion);
    }
}
