//! What a client is told without having asked for it at that time.

use std::sync::PoisonError;

use http::Method;
use serde_json::{Value, json};

use super::{Client, Wire};
use crate::wire::{Draft, Event, Stream};

/// A client that listens to what changes.
#[derive(Debug)]
pub struct Listening<'c> {
    client: &'c Client,
    /// Its own; HTTP+SSE has one for everything.
    stream: Option<Stream>,
}

/// A message on a stream.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The id of its event, where the stream can be taken up again.
    pub event: Option<String>,
    /// The message.
    pub message: Value,
}

impl Client {
    /// Listens, where its revision tells what changes: on the stream that it has, on the session's own, or on the
    /// answer to `subscriptions/listen`, for which `wanted` says what it wants to hear of.
    pub async fn listen(&self, wanted: Value) -> Listening<'_> {
        let request = match &self.wire {
            Wire::Alone => self.request("subscriptions/listen", json!({ "notifications": wanted })),
            Wire::Session(_) => get(self.request("", json!({}))),
            Wire::Line(_) => return Listening { client: self, stream: None },
        };
        let stream = request.open(&self.router).await;
        assert_eq!(stream.status, 200, "{stream:?}");
        Listening { client: self, stream: Some(stream) }
    }
}

impl Listening<'_> {
    /// Who listens.
    #[must_use]
    pub fn client(&self) -> &Client {
        self.client
    }

    /// The next message.
    ///
    /// # Panics
    ///
    /// When it is not one that the revision knows, or something else comes.
    pub async fn next(&mut self) -> Heard {
        let event = self.event().await.expect("a stream without an end");
        self.checked(event)
    }

    /// The next event as it is, also one that only says where the stream is. `None` at the end.
    pub async fn event(&mut self) -> Option<Event> {
        match (&mut self.stream, &self.client.wire) {
            (Some(stream), _) => stream.next().await,
            (None, Wire::Line(line)) => {
                let aside = {
                    let mut aside = line.aside.lock().unwrap_or_else(PoisonError::into_inner);
                    (!aside.is_empty()).then(|| aside.remove(0))
                };
                match aside {
                    Some(event) => Some(event),
                    None => line.stream.lock().await.next().await,
                }
            }
            (None, _) => unreachable!("only HTTP+SSE has no stream for this"),
        }
    }

    /// What comes until the stream ends.
    pub async fn rest(mut self) -> Vec<Value> {
        let mut messages = Vec::new();
        while let Some(event) = self.event().await {
            messages.push(self.checked(event).message);
        }
        messages
    }

    fn checked(&self, event: Event) -> Heard {
        let heard = Heard { message: event.message(), event: event.id };
        self.client.receive("subscriptions/listen", std::slice::from_ref(&heard.message));
        heard
    }
}

/// Whether a message tells of a change, and so is about no request.
pub(super) fn is_change(message: &Value) -> bool {
    let method = message["method"].as_str().unwrap_or_default();
    method.ends_with("/list_changed") || method == "notifications/resources/updated"
}

/// The request that tunes in to a session's stream.
fn get(request: Draft) -> Draft {
    request.method(Method::GET).text("").without("content-type").header("accept", "text/event-stream")
}
