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

use std::{
    future::Future,
    hash::{Hash, Hasher},
    pin::Pin,
    sync::Arc,
};

#[cfg(test)]
pub(crate) use memory::OnceLimits;
pub(crate) use memory::{MemoryOnce, MemoryTasks, TaskLimits};
pub(crate) use once::{Claim, Key, Once, TooLarge};
pub(crate) use tasks::{Full, Task, TaskState, Tasks};

use crate::quota::{Network, ShareKey};

/// A future of what a store gives.
pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// How many bytes every task and every claim may say, however full the store is: enough to say what became of it.
pub(crate) const RESERVED: usize = 1024;

/// Whose something is, and whose share it counts to: several owners may be one person.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    name: Option<Arc<str>>,
    share: ShareKey,
}

impl Owner {
    /// The owner of this name. Whoever makes the names sees to it that no two owners have the same.
    pub(crate) fn new(name: impl Into<Arc<str>>, share: ShareKey) -> Self {
        Self { name: Some(name.into()), share }
    }

    /// Callers without a token, where others have one. They can't be told apart, but by the network that they come from,
    /// which their shares count to.
    pub(crate) fn anonymous(network: Network) -> Self {
        Self::new("unknown", ShareKey::Network(network))
    }

    /// Callers of a server without authentication: they can't be told apart.
    pub(crate) fn shared() -> Self {
        Self { name: None, share: ShareKey::Trusted }
    }

    /// Whether it stands for callers who can't be told apart.
    pub(crate) fn is_shared(&self) -> bool {
        self.name.is_none()
    }

    /// The name; an empty one is of callers who can't be told apart.
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// Whose share its things count to.
    pub(crate) fn share(&self) -> &ShareKey {
        &self.share
    }
}

impl PartialEq for Owner {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Owner {}

impl Hash for Owner {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// The owner of this name, whose share is their own.
#[cfg(test)]
pub(crate) fn owner(name: &str) -> Owner {
    Owner::new(name, ShareKey::Principal(name.into()))
}
