//! What lasts as long as this process: bounded by number, size and age.

mod once;
mod tasks;

pub(crate) use once::MemoryOnce;
#[cfg(test)]
pub(crate) use once::OnceLimits;
pub(crate) use tasks::{MemoryTasks, TaskLimits};
