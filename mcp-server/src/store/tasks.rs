//! Tasks: what runs on after its request was answered, for a client that asks later what came of it.

use std::{fmt, sync::Arc, time::Duration};

use super::{Owner, Pending};

/// A task, as the extension `io.modelcontextprotocol/tasks` has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Task {
    /// Random: whoever knows it may know that there is a task.
    pub(crate) id: Arc<str>,
    pub(crate) owner: Owner,
    /// The tool that was called.
    pub(crate) tool: Arc<str>,
    /// The scopes that the call needed, separated by spaces: whoever has to do with the task needs them too.
    pub(crate) scope: Arc<str>,
    pub(crate) state: TaskState,
    /// What a person may read about the state.
    pub(crate) message: Option<Arc<str>>,
    /// Since the epoch, as is `updated`.
    pub(crate) created: Duration,
    pub(crate) updated: Duration,
    /// How long after its creation it is kept; without one, for good.
    pub(crate) ttl: Option<Duration>,
    /// How long a client is to wait before it asks again.
    pub(crate) poll: Option<Duration>,
    /// How many bytes its request holds as long as it runs.
    pub(crate) request: usize,
}

impl Task {
    /// When it expires, if it does.
    pub(super) fn expiry(&self) -> Option<Duration> {
        self.created.checked_add(self.ttl?)
    }

    /// How many bytes its state and its message have.
    pub(super) fn said(&self) -> usize {
        self.state.text().len() + self.message.as_ref().map_or(0, |message| message.len())
    }
}

/// How far a task is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TaskState {
    /// It runs.
    Working,
    /// It waits for answers to these `inputRequests`, the text of a JSON object.
    InputRequired(Arc<str>),
    /// It has this result, the text of a JSON object.
    Completed(Arc<str>),
    /// It came to this JSON-RPC error, the text of a JSON object.
    Failed(Arc<str>),
    /// It was given up.
    Cancelled,
}

impl TaskState {
    /// Whether nothing comes after it.
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self, Self::Completed(_) | Self::Failed(_) | Self::Cancelled)
    }

    /// What it says.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::InputRequired(text) | Self::Completed(text) | Self::Failed(text) => text,
            Self::Working | Self::Cancelled => "",
        }
    }
}

/// There is no room for a task, or for what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Full {
    #[error("your tasks take up as much room as they may; ask again when one of them has ended")]
    Owner,
    #[error("all tasks of this server together take up as much room as they may; ask again later")]
    Everybody,
    #[error("there is a task of this id already")]
    Taken,
}

/// The tasks of all clients.
///
/// * A task is there as soon as [`create`](Tasks::create) has resolved: [`get`](Tasks::get) finds it.
/// * Only its owner finds a task. Somebody else's, an expired one and one that never was look the same.
/// * A task expires its `ttl` after it was created, also one that runs. One without a `ttl` doesn't expire.
/// * A task that has ended never changes: of many who end it at once, one does.
/// * `updated` only grows.
/// * Owners of one share have its room together. Owners who can't be told apart have the room of all.
/// * What the request of a task holds takes up room until the task has ended.
/// * An id stays with its first task: while that is there, no other is created.
/// * When there is no room, those that have expired go first, then those that have ended, in the order in which they
///   ended: those of the owner's share where that has too much; where all together have, those of the share that has most
///   of the room, as far as any of it has ended. One that hasn't ended never goes: where there are only such, it is
///   [`Full`].
/// * What is refused leaves everything as it was.
/// * A change by which a task says no more than [`RESERVED`](super::RESERVED) bytes, of state and message, is never
///   refused.
pub(crate) trait Tasks: fmt::Debug + Send + Sync {
    /// Keeps a task, which is created now.
    fn create(&self, task: Task) -> Pending<Result<(), Full>>;

    /// The owner's task of this id.
    fn get(&self, id: Arc<str>, owner: Owner, now: Duration) -> Pending<Option<Task>>;

    /// Has a task say something else, whosever it is, and gives the task after it: nothing if it is unknown, has
    /// expired or has ended. The message replaces the one before; without one there is none.
    fn change(
        &self,
        id: Arc<str>,
        state: TaskState,
        message: Option<Arc<str>>,
        now: Duration,
    ) -> Pending<Result<Option<Task>, Full>>;
}
