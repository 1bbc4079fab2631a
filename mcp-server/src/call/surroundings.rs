//! What every call of a server may use.

use super::States;
use crate::{clock::Clock, cluster::Changes};

/// The server around a call.
#[derive(Debug)]
pub(crate) struct Surroundings {
    pub(crate) states: States,
    pub(crate) changes: Changes,
    pub(crate) clock: Clock,
}
