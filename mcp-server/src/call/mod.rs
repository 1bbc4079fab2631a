//! The values that travel with a request: who calls, what they asked for besides the arguments, and what the
//! running function may say meanwhile.
//!
//! Knows nothing of HTTP, of revisions, or of what is called.

mod ctx;
mod outbox;
mod permit;
mod principal;
mod question;
mod questions;
mod state;
mod surroundings;
mod trace;

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{Ordering, fence},
    },
};

pub use ctx::{Ctx, List, Log, Progress};
pub(crate) use outbox::{Outbox, Said};
use permit::PermitSlot;
pub(crate) use permit::{CallPermit, PermitHolder};
pub use principal::Principal;
pub(crate) use principal::Somebody;
#[cfg(test)]
pub(crate) use principal::somebody;
pub(crate) use question::{Answer, Brought, Draft, Given, Question, Way};
pub(crate) use questions::Questions;
pub use state::State;
pub(crate) use state::States;
pub(crate) use surroundings::Surroundings;
pub use trace::Trace;

use crate::{
    protocol::{
        input::Ability,
        notification::{Level, ProgressToken},
    },
    scope::ScopeSet,
};

/// What a request says beside its method's own parameters.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) principal: Principal,
    /// The scopes that the call needed. What comes of it later needs the same.
    pub(crate) need: ScopeSet,
    pub(crate) progress_token: Option<ProgressToken>,
    /// Log messages at or above this level are wanted; none at all without one.
    pub(crate) log_level: Option<Level>,
    /// The declared client capabilities, for the questions a function may ask.
    pub(crate) capabilities: Capabilities,
    /// A client that loses its connection, or is asked to let it go, comes back for the rest.
    pub(crate) resumable: bool,
    /// The trace that the request is part of.
    pub(crate) trace: Option<Box<Trace>>,
    /// What becomes of a question.
    pub(crate) way: Way,
    /// What the request brings from earlier rounds.
    pub(crate) brought: Option<Box<Brought>>,
    /// What the call holds of its caller's limits.
    pub(crate) permit: Option<CallPermit>,
}

/// The client capabilities that a request declares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub(crate) struct Capabilities {
    pub(crate) sampling: bool,
    pub(crate) sampling_tools: bool,
    pub(crate) forms: bool,
    pub(crate) urls: bool,
    pub(crate) roots: bool,
    pub(crate) tasks: bool,
}

impl Capabilities {
    /// Whether a client that declares these can be asked this.
    pub(crate) fn allow(self, ability: Ability) -> bool {
        match ability {
            Ability::Form => self.forms,
            Ability::Page => self.urls,
            Ability::Sample => self.sampling,
            Ability::SampleWithTools => self.sampling_tools,
            Ability::Roots => self.roots,
        }
    }
}

/// One call, from the moment its request is understood: complete and read-only.
#[derive(Clone)]
pub struct Call(Arc<Inner>);

struct Inner {
    facts: Facts,
    surroundings: Arc<Surroundings>,
    outbox: Outbox,
    questions: OnceLock<Box<Questions>>,
    permit: PermitSlot,
}

impl Call {
    pub(crate) fn new(mut facts: Facts, surroundings: Arc<Surroundings>) -> Self {
        let questions = OnceLock::new();
        if let Some(brought) = facts.brought.take() {
            questions.get_or_init(|| Box::new(Questions::new(facts.way, *brought)));
        }
        let permit = PermitSlot::new(facts.permit.take());
        Self(Arc::new(Inner { facts, surroundings, outbox: Outbox::default(), questions, permit }))
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

    /// What it asks.
    pub(crate) fn questions(&self) -> &Questions {
        let way = self.0.facts.way;
        let questions = self.0.questions.get_or_init(|| Box::new(Questions::new(way, Brought::default())));
        // Those of a call that is over have ended, also when they are made just now: whoever ends it either sees them, or
        // is seen here.
        fence(Ordering::SeqCst);
        if self.outbox().has_ended() {
            questions.end();
        }
        questions
    }

    /// What becomes of what it asks.
    pub(crate) fn way(&self) -> Way {
        self.asked().map_or(self.0.facts.way, Questions::way)
    }

    /// Holds the call's permits for a thread that goes on without it.
    pub(crate) fn hold_permit(&self) -> PermitHolder {
        PermitHolder::new(self)
    }

    /// The function has ended, and holds no permit any more.
    pub(crate) fn release_permit(&self) {
        self.0.permit.release();
    }

    /// It is over, one way or the other. Whoever waits for an answer to it, or for its end, waits no more.
    pub(crate) fn end(&self) {
        self.outbox().end();
        self.end_questions();
    }

    /// It is over, and nobody wants its result.
    pub(crate) fn cancel(&self) {
        self.outbox().cancel();
        self.end_questions();
    }

    fn end_questions(&self) {
        fence(Ordering::SeqCst);
        self.asked().into_iter().for_each(Questions::end);
    }

    /// What it asks, if it has asked anything, or was asked before.
    pub(crate) fn asked(&self) -> Option<&Questions> {
        self.0.questions.get().map(|questions| &**questions)
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
