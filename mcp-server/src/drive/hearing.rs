//! One stream of a session, as its reader hears it.

use std::{
    sync::Arc,
    task::{Context, Poll, ready},
};

use crate::{
    call::Principal,
    cluster::{Event, Events, Following, Pending, Provenance},
    drive::Engine,
    era::{Reader, Session},
    guard,
    quota::Permit,
};

/// A stream from after an event on.
pub(crate) struct Hearing {
    engine: Arc<Engine>,
    reader: Reader,
    /// Who reads, as their token says.
    principal: Principal,
    /// The number of the last event that was heard.
    number: u64,
    state: State,
    /// For the stream's calls to go on without a reader.
    permit: Option<Permit>,
}

enum State {
    /// What has changed becomes events of the stream.
    Noting(Pending<()>),
    Looking(Pending<Following>),
    Waiting(Pending<()>),
}

impl Hearing {
    /// `first`: what follows the number, when that is known already.
    pub(crate) fn new(engine: Arc<Engine>, reader: Reader, number: u64, first: Option<Following>) -> Self {
        let events = &engine.eras.events;
        let state = State::Looking(match first {
            Some(following) => Box::pin(std::future::ready(following)),
            None => events.after(reader.key(), number),
        });
        Self { engine, reader, principal: Principal::default(), number, state, permit: None }
    }

    /// Read by whoever may be told of more than a stranger.
    pub(crate) fn by(mut self, principal: Principal) -> Self {
        self.principal = principal;
        self
    }

    pub(crate) fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Whether the stream's calls may go on without their client, which is about to be sent away.
    pub(crate) fn may_leave(&mut self) -> bool {
        self.permit = self.permit.take().or_else(|| self.orphan());
        self.permit.is_some()
    }

    fn orphan(&self) -> Option<Permit> {
        self.engine.orphans.take(self.reader.session().owner().share(), 1).ok()
    }

    /// The next events with their numbers, at least one. `None`: the stream is over, or is heard by somebody else.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Vec<(u64, Event)>>> {
        // A session's own stream ends when the server stops, and doesn't begin any more.
        let stopped = self.reader.is_own() && self.engine.has_stopped();
        if stopped || self.reader.poll_lost(context).is_ready() {
            return Poll::Ready(None);
        }
        loop {
            match &mut self.state {
                State::Noting(noting) => {
                    ready!(noting.as_mut().poll(context));
                    self.look();
                }
                State::Looking(looking) => match ready!(looking.as_mut().poll(context)) {
                    Following::Events(events) => {
                        self.number = events.last().map_or(self.number, |(number, _)| *number);
                        self.reader.heard(self.number);
                        self.look();
                        let events = self.told(events);
                        if !events.is_empty() {
                            return Poll::Ready(Some(events));
                        }
                    }
                    Following::Nothing => {
                        self.state = State::Waiting(self.events().news(self.reader.key(), self.number));
                    }
                    // A client whose stream ends early asks for the rest, and is told that it is gone.
                    Following::End | Following::Gone | Following::Unknown => return Poll::Ready(None),
                },
                State::Waiting(news) => {
                    if news.as_mut().poll(context).is_ready() {
                        self.look();
                    } else {
                        ready!(self.poll_changes(context));
                    }
                }
            }
        }
    }

    /// What has changed is told on the session's own stream.
    fn poll_changes(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !self.reader.is_own() {
            return Poll::Pending;
        }
        let changes = ready!(self.reader.session().changes().poll_take(context));
        changes.iter().for_each(|_| self.reader.count_own());
        let (events, key) = (Arc::clone(self.events()), self.reader.key());
        let provenance = Provenance {
            share: self.reader.session().owner().share().clone(),
            // What has changed is told to each reader as far as they may be told.
            scope: Arc::default(),
        };
        self.state = State::Noting(Box::pin(async move {
            events.begin(key.clone(), provenance).await;
            for change in changes {
                events.append(key.clone(), Event::Change(change)).await;
            }
        }));
        Poll::Ready(())
    }

    /// What the reader is told of these: of what changes, as much as they may be told as things are offered now.
    fn told(&self, events: Vec<(u64, Event)>) -> Vec<(u64, Event)> {
        let offer = self.engine.offer.load();
        let told = |event| match event {
            Event::Change(change) if guard::may_hear(&offer, &self.principal, &change) => {
                Some(Event::Message(Session::change(&change).into()))
            }
            Event::Change(_) => None,
            event => Some(event),
        };
        events.into_iter().filter_map(|(number, event)| Some((number, told(event)?))).collect()
    }

    fn look(&mut self) {
        self.state = State::Looking(self.events().after(self.reader.key(), self.number));
    }

    fn events(&self) -> &Arc<dyn Events> {
        &self.engine.eras.events
    }
}

/// The client has gone. What its calls say is kept for it, unless too many go on like this already.
impl Drop for Hearing {
    fn drop(&mut self) {
        let reserved = self.permit.take();
        self.reader.leave(|| reserved.or_else(|| self.orphan()));
    }
}
