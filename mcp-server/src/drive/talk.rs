//! The messages of a connection that carries all of them, one way and the other: stdio, or HTTP with SSE.

use std::{
    future::{pending, poll_fn},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, watch},
    time::timeout,
};

use super::{
    Engine, Step, Steps,
    later::{Later, Work, Written},
    messages,
};
use crate::{
    call::Principal,
    dispatch::{self, Answer, Outcome, Subscription},
    era::{Cancel, Line, Session, Speaker, Turn, of_an_array},
    error::{ProtocolError, Refusal},
    guard,
    protocol::{
        json::{self, Json},
        message::{Message, error_response},
        version::Revision,
    },
    store::Owner,
};

/// How many requests of one connection may be answered at once. The next one waits, and what comes after it; while the
/// others wait for what comes after it, it is refused.
const MOST_REQUESTS: u32 = 256;

/// How many messages may wait to be written.
pub(crate) const MOST_UNWRITTEN: usize = 64;

/// How many KiB may wait to be written. A message that is larger waits alone.
const MOST_UNWRITTEN_KIB: u32 = 4 * 1024;

/// How many KiB of requests may be on their way to an answer, of those that ask for a [place](Talk::place).
const MOST_HEARD_KIB: usize = 8 * 1024;

/// How long a request may wait for its place.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many messages an array may hold. Revision 2025-03-26 only.
pub(crate) const MOST_BATCHED: usize = 64;

/// What a message was answered with at once, and what goes on because of it.
pub(crate) type Taken = (Written, Option<Later>);

/// A request's place on a connection, until it has been answered.
pub(crate) struct Place {
    _request: OwnedSemaphorePermit,
    _heard: OwnedSemaphorePermit,
}

/// Where texts are sent. Cheap to clone.
#[derive(Clone)]
struct Out {
    sender: mpsc::Sender<Bytes>,
    /// Permits for each KiB that waits to be written.
    room: Arc<Semaphore>,
}

/// A text with its room, which is free again when the text has been written.
struct Unwritten {
    text: Vec<u8>,
    _room: Option<OwnedSemaphorePermit>,
}

impl AsRef<[u8]> for Unwritten {
    fn as_ref(&self) -> &[u8] {
        &self.text
    }
}

impl Out {
    /// Sends a text as soon as there is room for it. `None` when nobody takes it any more.
    async fn send(&self, text: Vec<u8>) -> Option<()> {
        let permits = kib(text.len()).min(MOST_UNWRITTEN_KIB);
        let room = Arc::clone(&self.room).acquire_many_owned(permits).await.ok();
        self.sender.send(Bytes::from_owner(Unwritten { text, _room: room })).await.ok()
    }

    /// Waits until a text could be sent.
    async fn has_room(&self) {
        let _ = self.room.acquire().await;
        let _ = self.sender.reserve().await;
    }
}

/// How many KiB so many bytes are, at least one.
fn kib(bytes: usize) -> u32 {
    u32::try_from(bytes / 1024).unwrap_or(u32::MAX).saturating_add(1)
}

/// One client's connection, and what is being answered on it.
pub(crate) struct Talk {
    engine: Arc<Engine>,
    line: Arc<Line>,
    out: Out,
    /// Who opened it.
    principal: Principal,
    places: Arc<Semaphore>,
    /// Permits for each KiB of requests with a place.
    heard: Arc<Semaphore>,
    /// Whether the client says nothing more.
    over: watch::Sender<bool>,
}

impl Talk {
    /// What is said goes to `out`. `modern`: whether modern requests are taken.
    pub(crate) fn new(
        engine: Arc<Engine>,
        principal: &Principal,
        modern: bool,
        out: mpsc::Sender<Bytes>,
    ) -> Self {
        let line = Arc::new(Line::new(principal.owner(), modern));
        let principal = principal.clone();
        let places = Arc::new(Semaphore::new(MOST_REQUESTS as usize));
        let heard = Arc::new(Semaphore::new(MOST_HEARD_KIB));
        let room = Arc::new(Semaphore::new(MOST_UNWRITTEN_KIB as usize));
        let (out, over) = (Out { sender: out, room }, watch::Sender::new(false));
        Self { engine, line, out, principal, places, heard, over }
    }

    /// Whose connection it is.
    pub(crate) fn owner(&self) -> &Owner {
        &self.line.owner
    }

    /// Takes one message, or an array of them. What is given back has to be [answered](Talk::answer).
    pub(crate) fn take(&self, principal: &Principal, text: &[u8]) -> Taken {
        self.resolve(principal, text)
    }

    /// A place for a request of so many bytes, on a connection whose client reads what it is told. Whoever asks for
    /// more than a connection may hold is refused, and whoever has waited long enough.
    pub(crate) async fn place(&self, bytes: usize) -> Result<Place, Refusal> {
        let heard = Arc::clone(&self.heard).try_acquire_many_owned(kib(bytes)).map_err(|_| Refusal::Busy)?;
        let waiting = async {
            let request = Arc::clone(&self.places).acquire_owned().await.map_err(|_| Refusal::Busy)?;
            self.out.has_room().await;
            Ok(Place { _request: request, _heard: heard })
        };
        timeout(PATIENCE, waiting).await.unwrap_or(Err(Refusal::Busy))
    }

    /// Answers what was taken. What is not answered at once is answered by a task, as soon as there is a place for it.
    pub(crate) async fn answer(&self, (now, later): Taken) {
        if let Some(written) = now {
            self.send(written).await;
        }
        if let Some(later) = later {
            match self.free_place().await {
                Some(place) => self.answer_later(later, place),
                None => self.send(later.refused(&Refusal::Busy)).await,
            }
        }
    }

    /// A place, as soon as there is one. `None` when those who have one wait for their client, whose answers come after
    /// this.
    async fn free_place(&self) -> Option<OwnedSemaphorePermit> {
        loop {
            match timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await {
                Ok(place) => return place.ok(),
                Err(_) if self.line.session().is_some_and(|session| session.is_asked()) => return None,
                Err(_) => {}
            }
        }
    }

    /// Answers what was taken, in its place.
    pub(crate) async fn answer_in(&self, place: Place, (now, later): Taken) {
        if let Some(written) = now {
            self.send(written).await;
        }
        if let Some(later) = later {
            self.answer_later(later, place);
        }
    }

    fn answer_later(&self, later: Later, place: impl Send + 'static) {
        let out = self.out.clone();
        tokio::spawn(async move {
            let _until_it_ends = place;
            if let Some(written) = later.work().await {
                // Whoever reads may be gone, and with it the reason to write.
                let _ = out.send(written).await;
            }
        });
    }

    /// Whether somebody may have everything answered that a text asks for. What can't be read is nobody's concern here.
    pub(crate) fn permit(&self, principal: &Principal, text: &[u8]) -> Result<(), ProtocolError> {
        let items = match json::parse(text) {
            Ok(Json::Array(items)) => items,
            Ok(json) => vec![json],
            Err(_) => return Ok(()),
        };
        let messages: Vec<_> = items.into_iter().filter_map(|item| Message::read(item).ok()).collect();
        let Engine { desk, offer, .. } = &*self.engine;
        let answers = self.line.session().map(|session| session.needed_for(&messages)).unwrap_or_default();
        dispatch::permit_all((desk, &offer.load()), principal, &messages, answers)
    }

    /// Whether a text is a message that has to be answered, or an array of messages.
    pub(crate) fn asks(&self, text: &[u8]) -> Result<bool, Refusal> {
        match json::parse(text)? {
            Json::Array(items) => self.may_batch(&items).map(|()| true),
            json => Ok(matches!(Message::read(json)?, Message::Request { .. })),
        }
    }

    /// The connection has ended, and with it everything that runs on it.
    pub(crate) fn hang_up(&self) {
        self.line.hang_up();
    }

    /// The client says nothing more: its subscriptions end with a result. Waits until nothing runs any more; what
    /// still does after this time is ended.
    pub(crate) async fn finish(&self, grace: Duration) {
        self.over.send_replace(true);
        if timeout(grace, self.places.acquire_many(MOST_REQUESTS)).await.is_err() {
            self.line.hang_up();
            let _ = self.places.acquire_many(MOST_REQUESTS).await;
        }
    }

    /// Tells of what changes, until the connection ends.
    pub(crate) async fn tell_changes(&self) {
        let session = self.line.opened().await;
        loop {
            for change in poll_fn(|context| session.changes().poll_take(context)).await {
                if guard::may_hear(&self.engine.offer.load(), &self.principal, &change) {
                    self.send(Session::change(&change)).await;
                }
            }
        }
    }

    async fn send(&self, written: Vec<u8>) {
        // Whoever reads may be gone, and with it the reason to write.
        let _ = self.out.send(written).await;
    }

    fn resolve(&self, principal: &Principal, text: &[u8]) -> Taken {
        match json::parse(text) {
            Ok(Json::Array(items)) => match self.batch(principal, items) {
                Ok(later) => (None, later),
                Err(refusal) => (Some(refused(&refusal)), None),
            },
            Ok(json) => match Message::read(json) {
                Ok(message) => self.one(principal, message),
                Err(malformed) => (Some(refused(&malformed.into())), None),
            },
            Err(unreadable) => (Some(refused(&unreadable.into())), None),
        }
    }

    fn one(&self, principal: &Principal, message: Message<'_>) -> Taken {
        let offer = self.engine.offer.load_full();
        match self.line.resolve(&self.engine.eras, (principal, message), &offer) {
            Ok(Turn::Accepted) => (None, None),
            Ok(Turn::Answered { body, .. }) => (Some(body), None),
            Ok(Turn::Call { request, speaker }) => {
                let id = speaker.id().clone();
                let later = |work| (None, Some(Later::one(id, work)));
                match dispatch::answer(&self.engine.desk, &offer, request) {
                    Ok(Answer::Done(outcome)) => (Some(speaker.response(&Ok(outcome)).body), None),
                    Ok(Answer::Running(running)) => later(self.run(Steps::new(running, speaker))),
                    Ok(Answer::Listening(subscription)) => later(self.listen(subscription, speaker)),
                    Err(error) => (Some(speaker.response(&Err(error)).body), None),
                }
            }
            Err(refusal) => (Some(refused(&refusal)), None),
        }
    }

    /// The answers to an array of messages are an array, in the order in which they are there.
    fn batch(&self, principal: &Principal, items: Vec<Json<'_>>) -> Result<Option<Later>, Refusal> {
        self.may_batch(&items)?;
        let (mut answered, mut parts) = (Vec::new(), Vec::new());
        for item in items {
            let message = Message::read(item).map_err(Refusal::from).and_then(of_an_array);
            let (now, later) = match message {
                Ok(message) => self.one(principal, message),
                Err(refusal) => (Some(refused(&refusal)), None),
            };
            answered.extend(now);
            parts.extend(later);
        }
        Ok(Later::array(answered, parts))
    }

    fn may_batch(&self, items: &[Json<'_>]) -> Result<(), Refusal> {
        let knows_batches = |session: &Arc<Session>| session.revision() == Revision::V2025_03_26;
        if !self.line.session().is_some_and(knows_batches) {
            let text = "JSON-RPC batches belong to sessions of revision 2025-03-26";
            return Err(ProtocolError::InvalidRequest(text.into()).into());
        }
        if items.is_empty() || items.len() > MOST_BATCHED {
            let text = format!("a batch holds 1 to {MOST_BATCHED} messages");
            return Err(ProtocolError::InvalidRequest(text.into()).into());
        }
        Ok(())
    }

    fn run(&self, mut steps: Steps) -> Work {
        let out = self.out.clone();
        let call = steps.call().cloned();
        let listed = steps.call().map(|call| self.line.list(steps.speaker(), Cancel::Call(call.clone())));
        Box::pin(async move {
            let _until_it_ends = listed;
            loop {
                match poll_fn(|context| steps.step(context)).await {
                    Step::Said => {
                        // A client that doesn't read may cancel all the same.
                        let over = async {
                            match &call {
                                Some(call) => call.outbox().over().await,
                                None => pending().await,
                            }
                        };
                        let said = messages(&steps);
                        tokio::select! {
                            biased;
                            () = over => return None,
                            said = say(said, &out) => said?,
                        }
                    }
                    Step::Left => return None,
                    Step::Done(outcome) => {
                        say(messages(&steps), &out).await?;
                        return Some(steps.finish(&outcome).body);
                    }
                }
            }
        })
    }

    fn listen(&self, mut subscription: Box<Subscription>, speaker: Speaker) -> Work {
        let (engine, out) = (Arc::clone(&self.engine), self.out.clone());
        let mut stopped = Box::pin(self.engine.stopped());
        let mut over = self.over.subscribe();
        let end = Arc::new(Notify::new());
        let listed = self.line.list(&speaker, Cancel::Subscription(Arc::clone(&end)));
        Box::pin(async move {
            let _until_it_ends = listed;
            out.send(speaker.acknowledgment(&subscription.acknowledged)).await?;
            loop {
                let told = tokio::select! {
                    told = poll_fn(|context| subscription.poll_next(&engine.offer.load(), context)) => told,
                    () = end.notified() => return None,
                    () = &mut stopped => break,
                    _ = over.wait_for(|over| *over) => break,
                };
                let told = vec![speaker.told(&told)];
                tokio::select! {
                    biased;
                    () = end.notified() => return None,
                    told = say(told, &out) => told?,
                }
            }
            Some(speaker.response(&Ok(Outcome::Unsubscribed)).body)
        })
    }
}

/// Sends what a function has said. `None` when nobody takes it any more.
async fn say(messages: Vec<Vec<u8>>, out: &Out) -> Option<()> {
    for message in messages {
        out.send(message).await?;
    }
    Some(())
}

/// A refusal as a message.
pub(crate) fn refused(refusal: &Refusal) -> Vec<u8> {
    let (id, data) = match refusal {
        Refusal::Protocol { id, error } => (id.as_ref(), error.data()),
        _ => (None, None),
    };
    error_response(id, refusal.code(), &refusal.to_string(), data.as_ref())
}

/// An array of texts that are JSON.
pub(crate) fn array(items: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"[".to_vec();
    out.extend_from_slice(&items.join(&b','));
    out.push(b']');
    out
}
