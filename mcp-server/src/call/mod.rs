//! The values that travel with a request: who calls, what they asked for besides the arguments, and what the
//! running function may say meanwhile.
//!
//! Knows nothing of HTTP, of revisions, or of what is called.

mod ctx;
mod outbox;
mod state;
mod surroundings;
mod trace;

use std::{fmt, sync::Arc};

pub use ctx::{Ctx, List, Log, Progress};
pub(crate) use outbox::{Outbox, Said};
pub use state::State;
pub(crate) use state::States;
pub(crate) use surroundings::Surroundings;
pub use trace::Trace;

use crate::protocol::notification::{Level, ProgressToken};

/// Who calls.
///
/// `Anonymous` is everyone on a server without authentication; they can't be told apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Principal {
    /// Nobody signed in.
    #[default]
    Anonymous,
    /// Somebody an issuer vouches for.
    Subject {
        /// The issuer's identifier.
        issuer: String,
        /// The subject, unique at the issuer.
        subject: String,
        /// The client that acts for the subject.
        client: String,
    },
}

/// What a request says beside its method's own parameters.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) principal: Principal,
    pub(crate) progress_token: Option<ProgressToken>,
    /// Log messages at or above this level are wanted; none at all without one.
    pub(crate) log_level: Option<Level>,
    /// The declared client capabilities, for the questions a function may ask.
    pub(crate) capabilities: Capabilities,
    /// A client that loses its connection, or is asked to let it go, comes back for the rest.
    pub(crate) resumable: bool,
    /// The trace that the request is part of.
    pub(crate) trace: Option<Box<Trace>>,
}

/// The client capabilities that a request declares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub(crate) struct Capabilities {
    pub(crate) sampling: bool,
    pub(crate) elicitation: bool,
    pub(crate) roots: bool,
}

/// One call, from the moment its request is understood: complete and read-only.
#[derive(Clone)]
pub struct Call(Arc<Inner>);

struct Inner {
    facts: Facts,
    surroundings: Arc<Surroundings>,
    outbox: Outbox,
}

impl Call {
    pub(crate) fn new(facts: Facts, surroundings: Arc<Surroundings>) -> Self {
        Self(Arc::new(Inner { facts, surroundings, outbox: Outbox::default() }))
    }

    /// Who calls.
    pub fn principal(&self) -> &Principal {
        &self.0.facts.principal
    }

    pub(crate) fn facts(&self) -> &Facts {
        &self.0.facts
    }

    /// Whether these are one call.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether anybody else holds this call: a function, or what it started.
    pub(crate) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// The value of this type that the server was given.
    pub fn state<T: Send + Sync + 'static>(&self) -> Option<State<T>> {
        self.0.surroundings.states.get().map(State::new)
    }

    pub(crate) fn surroundings(&self) -> &Surroundings {
        &self.0.surroundings
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }

    /// Says something to the client, as far as it may be said.
    pub(crate) async fn say(&self, said: Said) {
        self.outbox().send(said, self.surroundings().clock.now()).await;
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("facts", &self.0.facts).finish_non_exhaustive()
    }
}
