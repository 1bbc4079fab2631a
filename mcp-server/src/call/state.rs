//! Values of the server's that every call may use.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    ops::Deref,
    sync::Arc,
};

/// A shared value of type `T`, given to the server with `McpServer::state`.
///
/// As a parameter of an annotated function it is injected: it isn't an argument and isn't in the schema. One
/// value per type; a server whose functions ask for a type it wasn't given doesn't build.
///
/// # Example
///
/// ```standalone_crate
/// use mcp_server::prelude::*;
///
/// struct Greeting(String);
///
/// /// Greet somebody.
/// #[mcp_tool]
/// fn greet(name: String, greeting: State<Greeting>) -> String {
///     format!("{}, {name}!", greeting.0)
/// }
///
/// let server = McpServer::new("greeter").state(Greeting("Hello".into()));
/// # server.build().unwrap();
/// ```
pub struct State<T: ?Sized>(Arc<T>);

impl<T> State<T> {
    pub(crate) fn new(value: Arc<T>) -> Self {
        Self(value)
    }
}

impl<T: ?Sized> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> Clone for State<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for State<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An annotated function can be called by a test like any other: `greet("Ada".into(), Greeting(..).into())`.
impl<T> From<T> for State<T> {
    fn from(value: T) -> Self {
        Self(Arc::new(value))
    }
}

/// The values a server was given, by their type.
#[derive(Default)]
pub(crate) struct States(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl States {
    /// Adds a value. Gives back whether there was none of this type before.
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, value: T) -> bool {
        self.0.insert(TypeId::of::<T>(), Arc::new(value)).is_none()
    }

    pub(crate) fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.0.get(&TypeId::of::<T>()).cloned().and_then(|value| value.downcast().ok())
    }

    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.0.contains_key(&id)
    }
}

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("States").field("values", &self.0.len()).finish()
    }
}
