//! What must last: tasks, and what runs exactly once.
//!
//! Takes tasks and claims, and the time, which is the wall clock's since the epoch: what lasts may outlive a process.
//! Gives them back until they expire. Knows nothing of calls, or of who may call: an owner is a value that equals
//! another or doesn't. What tasks and claims say is text that nobody in here reads.

#[cfg(test)]
mod contract;
mod memory;
mod once;
mod tasks;

use std::{future::Future, pin::Pin, sync::Arc};

#[cfg(test)]
pub(crate) use memory::Room;
pub(crate) use memory::{MemoryOnce, MemoryTasks, TaskLimits};
pub(crate) use once::{Claim, Key, Once, TooLarge};
pub(crate) use tasks::{Full, Task, TaskState, Tasks};

/// A future of what a store gives.
pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// How many bytes every task and every claim may say, however full the store is: enough to say what became of it.
pub(crate) const RESERVED: usize = 1024;

/// Whose something is. Those who can't be told apart have no name: what is held for them is limited as what is held for
/// all.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Owner(Option<Arc<str>>);

impl Owner {
    /// The owner of this name. Whoever makes the names sees to it that no two owners have the same.
    pub(crate) fn new(name: impl Into<Arc<str>>) -> Self {
        Self(Some(name.into()))
    }

    /// Those without a token, where others have one: they can't be told apart, and together have what one of the others
    /// has.
    pub(crate) fn unknown() -> Self {
        Self::new("unknown")
    }

    /// Those who can't be told apart.
    pub(crate) fn shared() -> Self {
        Self(None)
    }

    /// Whether it stands for those who can't be told apart.
    pub(crate) fn is_shared(&self) -> bool {
        self.0.is_none()
    }

    /// The name; an empty one is of those who can't be told apart.
    pub(crate) fn name(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}
