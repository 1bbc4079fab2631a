//! Calls of a session, told of on one of its streams, whether anybody reads it or not.

use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll},
};

use super::{Engine, Step, Steps};
use crate::{
    call::{Call, Said},
    cluster::{Event, Provenance},
    era::{Reader, Session},
    scope::ScopeSet,
};

/// Calls that began together, and are answered on one stream.
pub(crate) struct Told {
    calls: Vec<Steps>,
    /// Answers that are there already.
    answered: Vec<Vec<u8>>,
    /// The scopes that all of it needed.
    need: ScopeSet,
}

impl Told {
    /// One call.
    pub(crate) fn one(steps: Steps) -> Self {
        let need = steps.need();
        Self { calls: vec![steps], answered: Vec::new(), need }
    }

    /// Several calls, some of which are answered, that needed these scopes.
    pub(crate) fn several(calls: Vec<Steps>, answered: Vec<Vec<u8>>, need: ScopeSet) -> Self {
        Self { calls, answered, need }
    }

    /// Lets everything go on, and tells nobody of it.
    pub(crate) async fn unheard(mut self) {
        while poll_fn(|context| self.next(context)).await.is_some() {}
    }

    /// Whether one of the calls is over though it wasn't let go on: it was cancelled.
    fn poll_cancelled(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let calls = self.calls.iter().filter_map(Steps::call);
        // Each is asked, so that each of them wakes.
        let over = calls.filter(|call| call.outbox().poll_over(context).is_ready()).count();
        if over > 0 { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Everything that can be said now. `None` when there is nothing more.
    fn next(&mut self, context: &mut Context<'_>) -> Poll<Option<Vec<Event>>> {
        let mut events: Vec<Event> =
            self.answered.drain(..).map(|body| Event::Message(body.into())).collect();
        self.calls.retain_mut(|steps| {
            loop {
                match steps.step(context) {
                    Poll::Ready(Step::Said) => events.extend(said(steps)),
                    Poll::Ready(Step::Done(outcome)) => {
                        events.extend(said(steps));
                        events.push(Event::Message(steps.finish(&outcome).body.into()));
                        return false;
                    }
                    // A cancelled request has no response.
                    Poll::Ready(Step::Left) => return false,
                    Poll::Pending => return true,
                }
            }
        });
        match events.is_empty() {
            false => Poll::Ready(Some(events)),
            true if self.calls.is_empty() => Poll::Ready(None),
            true => Poll::Pending,
        }
    }
}

fn said(steps: &Steps) -> Vec<Event> {
    let event = |said| match said {
        Said::Pause(retry) => Some(Event::Pause(retry)),
        said => message(steps, said).map(|message| Event::Message(message.into())),
    };
    steps.said().filter_map(event).collect()
}

/// Something that was said, as a message, if it is one.
fn message(steps: &Steps, said: Said) -> Option<Vec<u8>> {
    match said {
        Said::Notification(notification) => Some(steps.speaker().notification(notification)),
        Said::Question(question) => steps.speaker().question(steps.call()?, &question),
        Said::Withdrawn(question) => steps.speaker().withdrawn(&question),
        Said::Pause(_) => None,
    }
}

/// What a function has said since the last time, as messages.
pub(crate) fn messages(steps: &Steps) -> Vec<Vec<u8>> {
    steps.said().filter_map(|said| message(steps, said)).collect()
}

/// Tells of calls on a new stream of their session. They go on by themselves; what is given back reads the stream.
pub(crate) fn tell(engine: &Engine, session: &Arc<Session>, mut told: Told) -> Reader {
    let events = Arc::clone(&engine.eras.events);
    let provenance = Provenance {
        share: session.owner().share().clone(),
        scope: engine.offer.load().admission().scopes.names(told.need).into(),
    };
    let calls: Vec<Call> = told.calls.iter().filter_map(|steps| steps.call().cloned()).collect();
    let (mut teller, reader) = session.tell(calls);
    let begun = events.begin(teller.key(), provenance);
    tokio::spawn(async move {
        begun.await;
        let (key, room) = (teller.key(), events.room());
        while let Some(said) = poll_fn(|context| told.next(context)).await {
            for event in said {
                let bytes = event.size();
                // A call whose reader is far behind waits for it. It may be cancelled meanwhile.
                poll_fn(|context| match teller.poll_room(bytes, room, context) {
                    Poll::Ready(()) => Poll::Ready(()),
                    Poll::Pending => told.poll_cancelled(context),
                })
                .await;
                teller.count(bytes);
                events.append(key.clone(), event).await;
            }
        }
        events.end(key).await;
    });
    reader
}
