//! What a running server offers, to be changed while it runs.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::checks;
use crate::{
    call::List,
    catalog::{Item, Kind, Offer, Prompt, Resource, Tool},
    cluster::Change,
    drive::Engine,
    error::BuildError,
    protocol::uri::ascii,
    telemetry,
};

/// What a running server offers. A change holds from the next request on, and everybody who listens is told of it.
/// Calls that run go on with what they began with. A modern client that doesn't listen may keep a list for as long as
/// [`McpServer::list_ttl`](crate::McpServer::list_ttl) says.
///
/// Cheap to clone, and may be kept by whatever knows of changes: a file watcher, a database's listener. Functions take it
/// as [`State<Catalog>`](crate::State), and [`McpServer::run_with`](crate::McpServer::run_with) gives it to `main`. After its server is gone, nothing changes any more.
///
/// # Example
///
/// ```standalone_crate
/// use mcp_server::{McpServer, Resource};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), mcp_server::BuildError> {
/// let server = McpServer::new("notes").offers_later([mcp_server::List::Resources]).build()?;
/// let catalog = server.catalog();
/// let note = Resource::new("notes://today", "today", "What is on today.", |_| async { Ok("Nothing.") });
/// catalog.set_resource(note)?;
/// catalog.resource_updated("notes://today");
/// assert!(catalog.remove_resource("notes://today"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Catalog {
    /// The server's. It holds this handle itself, for its functions.
    engine: Weak<Engine>,
    /// Held while something is changed, so that no change is lost.
    changing: Arc<Mutex<()>>,
}

impl Catalog {
    pub(super) fn new(engine: Weak<Engine>) -> Self {
        Self { engine, changing: Arc::default() }
    }

    /// Adds a tool, instead of the one of its name if there is one.
    ///
    /// A header that repeats one of its arguments isn't among those that pages of other origins may send: these are
    /// settled when the server is built.
    ///
    /// # Errors
    ///
    /// As [`McpServer::build`](crate::McpServer::build), and then nothing has changed.
    pub fn set_tool(&self, tool: Tool) -> Result<(), BuildError> {
        self.set(Item::Tool(tool), List::Tools)
    }

    /// Adds a resource or a template, instead of the one of its URI if there is one.
    ///
    /// What has URIs in common with others and needs other scopes is named in the log: callers then need both.
    ///
    /// # Errors
    ///
    /// As [`McpServer::build`](crate::McpServer::build), and then nothing has changed.
    pub fn set_resource(&self, resource: Resource) -> Result<(), BuildError> {
        self.set(Item::Resource(resource), List::Resources)
    }

    /// Adds a prompt, instead of the one of its name if there is one.
    ///
    /// # Errors
    ///
    /// As [`McpServer::build`](crate::McpServer::build), and then nothing has changed.
    pub fn set_prompt(&self, prompt: Prompt) -> Result<(), BuildError> {
        self.set(Item::Prompt(prompt), List::Prompts)
    }

    /// Takes a tool away. Gives back whether there was one of this name.
    pub fn remove_tool(&self, name: &str) -> bool {
        self.remove(&[Kind::Tools], name, List::Tools)
    }

    /// Takes a resource or a template away. Gives back whether there was one of this URI.
    pub fn remove_resource(&self, uri: &str) -> bool {
        self.remove(&[Kind::Resources, Kind::Templates], uri, List::Resources)
    }

    /// Takes a prompt away. Gives back whether there was one of this name.
    pub fn remove_prompt(&self, name: &str) -> bool {
        self.remove(&[Kind::Prompts], name, List::Prompts)
    }

    /// Tells everybody who subscribed to this resource that it has other contents. The URI is the one that it is read at,
    /// with what its template percent-encodes.
    pub fn resource_updated(&self, uri: &str) {
        self.publish(&Change::Updated(ascii(uri).into()));
    }

    /// Tells everybody who wants to know that a list has changed. What is set or removed here says so itself.
    pub fn list_changed(&self, list: List) {
        self.publish(&list.into());
    }

    fn set(&self, item: Item, list: List) -> Result<(), BuildError> {
        let uri = match &item {
            Item::Resource(resource) => Some(resource.uri().to_owned()),
            Item::Tool(_) | Item::Prompt(_) => None,
        };
        self.change(list, |engine, offer| {
            let next = offer.with(item).map_err(BuildError::of_a_change)?;
            let mut problems = Vec::new();
            checks::check(&next, &engine.desk.surroundings.states, &mut problems);
            if !problems.is_empty() {
                return Err(BuildError::of_a_change(problems));
            }
            if let Some(uri) = &uri {
                telemetry::common_uris(&next.common_uris(Some(uri)));
            }
            Ok(Some(next))
        })
        .map(|_| ())
    }

    fn remove(&self, kinds: &[Kind], key: &str, list: List) -> bool {
        let without = |_: &Engine, offer: &Offer| Ok(kinds.iter().find_map(|kind| offer.without(*kind, key)));
        self.change(list, without).unwrap_or_default()
    }

    /// Makes a change, if it is one. Gives back whether it was.
    fn change(
        &self,
        list: List,
        change: impl FnOnce(&Engine, &Offer) -> Result<Option<Offer>, BuildError>,
    ) -> Result<bool, BuildError> {
        let Some(engine) = self.engine.upgrade() else { return Ok(false) };
        {
            // Nothing is left half done under this lock.
            let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(next) = change(&engine, &engine.offer.load())? else { return Ok(false) };
            engine.offer.store(Arc::new(next));
        }
        self.publish(&list.into());
        Ok(true)
    }

    fn publish(&self, change: &Change) {
        if let Some(engine) = self.engine.upgrade() {
            engine.desk.surroundings.changes.publish(change);
        }
    }
}
