//! What lasts as long as this process: bounded by number, size and age.

mod once;
mod tasks;

pub(crate) use once::MemoryOnce;
pub(crate) use tasks::{MemoryTasks, TaskLimits};

/// A number of entries, and their size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) entries: usize,
    pub(crate) bytes: usize,
}

impl Room {
    fn and(self, bytes: usize) -> Self {
        Self { entries: self.entries + 1, bytes: self.bytes.saturating_add(bytes) }
    }

    fn without(self, bytes: usize) -> Self {
        Self { entries: self.entries - 1, bytes: self.bytes - bytes }
    }

    fn exceeds(self, limit: Self) -> bool {
        self.entries > limit.entries || self.bytes > limit.bytes
    }
}
