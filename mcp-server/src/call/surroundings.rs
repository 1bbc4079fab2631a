//! What every call of a server may use.

use std::{sync::Arc, time::Duration};

use super::States;
use crate::{clock::Clock, cluster::Changes, store::Once};

/// The server around a call.
#[derive(Debug)]
pub(crate) struct Surroundings {
    pub(crate) states: States,
    pub(crate) changes: Changes,
    pub(crate) clock: Clock,
    /// What was done once.
    pub(crate) once: Arc<dyn Once>,
    /// How long a question may wait for its answer, where a call waits with it.
    pub(crate) patience: Duration,
}
