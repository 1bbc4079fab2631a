//! The messages of a connection that carries all of them, one way and the other: stdio, or HTTP with SSE.

use std::{
    future::{Future, pending, poll_fn},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::{Notify, Semaphore, mpsc, watch},
    time::timeout,
};

use super::{Engine, Step, Steps, messages};
use crate::{
    call::Principal,
    dispatch::{self, Answer, Outcome, Subscription},
    era::{Cancel, Line, Session, Speaker, Turn, of_an_array},
    error::{ProtocolError, Refusal},
    protocol::{
        json::{self, Json},
        message::{Message, error_response},
        version::Revision,
    },
};

/// How many requests of one connection may be answered at once. The next one waits, and what comes after it.
const MOST_REQUESTS: u32 = 256;

/// How many messages may wait to be written.
pub(crate) const MOST_UNWRITTEN: usize = 64;

/// How many messages an array may hold. Revision 2025-03-26 only.
pub(crate) const MOST_BATCHED: usize = 64;

/// A text to send, if there is one.
type Written = Option<Vec<u8>>;

/// Something that goes on and sends texts meanwhile. The last one is its outcome.
type Work = Pin<Box<dyn Future<Output = Written> + Send>>;

/// What a message was answered with at once, and what goes on because of it.
pub(crate) type Taken = (Written, Option<Work>);

/// One client's connection, and what is being answered on it.
pub(crate) struct Talk {
    engine: Arc<Engine>,
    line: Arc<Line>,
    out: mpsc::Sender<Bytes>,
    places: Arc<Semaphore>,
    /// Whether the client says nothing more.
    over: watch::Sender<bool>,
}

impl Talk {
    /// What is said goes to `out`. `modern`: whether modern requests are taken.
    pub(crate) fn new(
        engine: Arc<Engine>,
        principal: Principal,
        modern: bool,
        out: mpsc::Sender<Bytes>,
    ) -> Self {
        let line = Arc::new(Line::new(principal, modern));
        let places = Arc::new(Semaphore::new(MOST_REQUESTS as usize));
        Self { engine, line, out, places, over: watch::Sender::new(false) }
    }

    /// Whose connection it is.
    pub(crate) fn principal(&self) -> &Principal {
        &self.line.principal
    }

    /// Takes one message, or an array of them. What is given back has to be [answered](Talk::answer).
    pub(crate) fn take(&self, text: &[u8]) -> Taken {
        self.resolve(text)
    }

    /// Answers what was taken. What is not answered at once is answered by a task, as soon as there is a place for it.
    pub(crate) async fn answer(&self, (now, later): Taken) {
        if let Some(written) = now {
            self.send(written).await;
        }
        if let Some(work) = later
            && let Ok(place) = Arc::clone(&self.places).acquire_owned().await
        {
            let out = self.out.clone();
            tokio::spawn(async move {
                let _until_it_ends = place;
                if let Some(written) = work.await {
                    let _ = out.send(written.into()).await;
                }
            });
        }
    }

    /// Whether a text is a message, or an array of them that may be.
    pub(crate) fn is_readable(text: &[u8]) -> Result<(), Refusal> {
        match json::parse(text)? {
            Json::Array(_) => Ok(()),
            json => Message::read(json).map(|_| ()).map_err(Refusal::from),
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
                self.send(Session::change(&change)).await;
            }
        }
    }

    async fn send(&self, written: Vec<u8>) {
        // Whoever reads may be gone, and with it the reason to write.
        let _ = self.out.send(written.into()).await;
    }

    fn resolve(&self, text: &[u8]) -> Taken {
        match json::parse(text) {
            Ok(Json::Array(items)) => match self.batch(items) {
                Ok(work) => (None, work),
                Err(refusal) => (Some(refused(&refusal)), None),
            },
            Ok(json) => match Message::read(json) {
                Ok(message) => self.one(message),
                Err(malformed) => (Some(refused(&malformed.into())), None),
            },
            Err(unreadable) => (Some(refused(&unreadable.into())), None),
        }
    }

    fn one(&self, message: Message<'_>) -> Taken {
        let offer = self.engine.offer.load_full();
        match self.line.resolve(&self.engine.eras, message, &offer) {
            Ok(Turn::Accepted) => (None, None),
            Ok(Turn::Answered { body, .. }) => (Some(body), None),
            Ok(Turn::Call { request, speaker }) => {
                match dispatch::answer(&self.engine.desk, &offer, request) {
                    Ok(Answer::Done(outcome)) => (Some(speaker.response(&Ok(outcome)).body), None),
                    Ok(Answer::Running(running)) => (None, Some(self.run(Steps::new(running, speaker)))),
                    Ok(Answer::Listening(subscription)) => (None, Some(self.listen(subscription, speaker))),
                    Err(error) => (Some(speaker.response(&Err(error)).body), None),
                }
            }
            Err(refusal) => (Some(refused(&refusal)), None),
        }
    }

    /// The answers to an array of messages are an array, in the order in which they are there.
    fn batch(&self, items: Vec<Json<'_>>) -> Result<Option<Work>, Refusal> {
        let knows_batches = |session: &Arc<Session>| session.revision() == Revision::V2025_03_26;
        if !self.line.session().is_some_and(knows_batches) {
            let text = "JSON-RPC batches belong to sessions of revision 2025-03-26";
            return Err(ProtocolError::InvalidRequest(text.into()).into());
        }
        if items.is_empty() || items.len() > MOST_BATCHED {
            let text = format!("a batch holds 1 to {MOST_BATCHED} messages");
            return Err(ProtocolError::InvalidRequest(text.into()).into());
        }
        let mut answers = Vec::new();
        let mut works = Vec::new();
        for item in items {
            let message = Message::read(item).map_err(Refusal::from).and_then(of_an_array);
            let (now, later) = match message {
                Ok(message) => self.one(message),
                Err(refusal) => (Some(refused(&refusal)), None),
            };
            answers.extend(now);
            works.extend(later);
        }
        if answers.is_empty() && works.is_empty() {
            return Ok(None);
        }
        Ok(Some(Box::pin(async move {
            answers.extend(futures_util::future::join_all(works).await.into_iter().flatten());
            Some(array(&answers))
        })))
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

    fn listen(&self, subscription: Subscription, speaker: Speaker) -> Work {
        let (out, mut stopped) = (self.out.clone(), Box::pin(self.engine.stopped()));
        let mut over = self.over.subscribe();
        let end = Arc::new(Notify::new());
        let listed = self.line.list(&speaker, Cancel::Subscription(Arc::clone(&end)));
        Box::pin(async move {
            let _until_it_ends = listed;
            out.send(speaker.acknowledgment(&subscription.acknowledged).into()).await.ok()?;
            loop {
                let changes = tokio::select! {
                    changes = poll_fn(|context| subscription.listener.poll_take(context)) => changes,
                    () = end.notified() => return None,
                    () = &mut stopped => break,
                    _ = over.wait_for(|over| *over) => break,
                };
                let told = changes.iter().map(|change| speaker.change(change)).collect();
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
async fn say(messages: Vec<Vec<u8>>, out: &mpsc::Sender<Bytes>) -> Option<()> {
    for message in messages {
        out.send(message.into()).await.ok()?;
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
