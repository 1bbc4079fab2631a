//! Streams of server-sent events: read event by event, and cut wherever a test likes.

use axum::{Router, body::Body};
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::time::timeout;
use tower::ServiceExt;

use crate::{raw::SOON, wire::Draft};

/// One event, as its fields say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// What kind it is; without one, a message.
    pub name: Option<String>,
    /// Where to take the stream up again.
    pub id: Option<String>,
    /// After how many milliseconds.
    pub retry: Option<u64>,
    /// What it says; empty in an event that says nothing.
    pub data: Option<String>,
}

impl Event {
    /// The message, if it has one.
    ///
    /// # Panics
    ///
    /// When its data isn't JSON.
    #[must_use]
    pub fn message(&self) -> Option<Value> {
        let data = self.data.as_deref().filter(|data| !data.is_empty())?;
        Some(serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}")))
    }

    /// The numbers of its stream and of itself.
    ///
    /// # Panics
    ///
    /// When its id isn't two numbers.
    #[must_use]
    pub fn place(&self) -> Option<(u32, u64)> {
        let id = self.id.as_deref()?;
        let (stream, number) = id.split_once('-').unwrap_or_else(|| panic!("{id} is no place"));
        Some((stream.parse().expect("a stream's number"), number.parse().expect("an event's number")))
    }
}

/// What has come of a stream. Takes nothing but what this server sends: a field of another name is a mistake.
#[derive(Debug, Default)]
pub struct Parser {
    unread: Vec<u8>,
    comments: usize,
}

impl Parser {
    /// More of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
    }

    /// The next event. One that isn't complete is none.
    ///
    /// # Panics
    ///
    /// When a field is unknown, or is there twice.
    pub fn take(&mut self) -> Option<Event> {
        loop {
            let end = self.unread.windows(2).position(|two| two == b"\n\n")?;
            let rest = self.unread.split_off(end + 2);
            let block = std::mem::replace(&mut self.unread, rest);
            let block = String::from_utf8(block).expect("text");
            if block.starts_with(':') {
                self.comments += 1;
            } else {
                return Some(event(block.trim_end_matches('\n')));
            }
        }
    }
}

fn event(block: &str) -> Event {
    let mut event = Event::default();
    for line in block.lines() {
        let (field, value) = line.split_once(": ").unwrap_or_else(|| panic!("no field: {line:?}"));
        let value = value.to_owned();
        let before = match field {
            "event" => event.name.replace(value),
            "id" => event.id.replace(value),
            "retry" => event.retry.replace(value.parse().expect("a time")).map(|retry| retry.to_string()),
            "data" => event.data.replace(value),
            _ => panic!("an unknown field: {line:?}"),
        };
        assert_eq!(before, None, "twice: {line:?}");
    }
    event
}

/// A stream that somebody reads, until this is dropped.
#[derive(Debug)]
pub struct Stream {
    /// The headers that it began with.
    pub headers: HeaderMap,
    body: Body,
    parser: Parser,
    /// How many more bytes arrive before the connection is cut.
    left: usize,
    ended: bool,
}

impl Stream {
    /// Sends a request that is answered by a stream.
    ///
    /// # Panics
    ///
    /// When it isn't.
    pub async fn open(router: &Router, draft: &Draft) -> Self {
        let response = respond(router, draft).await;
        assert_eq!(response.status(), 200, "{draft:?}");
        Self::of(response)
    }

    /// The stream in this response.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[must_use]
    pub fn of(response: Response<Body>) -> Self {
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let (head, body) = response.into_parts();
        Self { headers: head.headers, body, parser: Parser::default(), left: usize::MAX, ended: false }
    }

    /// Loses the connection after this many more bytes.
    #[must_use]
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.left = bytes;
        self
    }

    /// The next event; `None` when the stream has ended or was cut.
    ///
    /// # Panics
    ///
    /// When a stream that wasn't cut ends in the middle of an event.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.parser.take() {
                return Some(event);
            }
            if self.ended || self.left == 0 {
                return None;
            }
            let Some(frame) = self.body.frame().await else {
                self.ended = true;
                assert!(self.parser.unread.is_empty(), "half an event: {:?}", self.parser);
                return None;
            };
            let bytes = frame.expect("a body").into_data().expect("data");
            let arrived = bytes.len().min(self.left);
            self.parser.push(&bytes[..arrived]);
            self.left -= if self.left == usize::MAX { 0 } else { arrived };
        }
    }

    /// The next event, which comes soon.
    ///
    /// # Panics
    ///
    /// When none comes.
    pub async fn soon(&mut self) -> Event {
        timeout(SOON, self.next()).await.expect("an event in time").expect("one more event")
    }

    /// The next message, which comes soon; events that say nothing are left out.
    ///
    /// # Panics
    ///
    /// When none comes.
    pub async fn message(&mut self) -> Value {
        loop {
            if let Some(message) = self.soon().await.message() {
                return message;
            }
        }
    }

    /// Every event up to the end, which comes soon.
    ///
    /// # Panics
    ///
    /// When the stream doesn't end.
    pub async fn rest(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = timeout(SOON, self.next()).await.expect("an end in time") {
            events.push(event);
        }
        events
    }

    /// Whether the server has ended it; a stream that was cut has not.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// How many comments have come.
    #[must_use]
    pub fn comments(&self) -> usize {
        self.parser.comments
    }
}

/// The answer to a request, as soon as it has begun.
///
/// # Panics
///
/// When a router fails, which it doesn't.
pub async fn respond(router: &Router, draft: &Draft) -> Response<Body> {
    router.clone().oneshot(draft.request()).await.expect("a router doesn't fail")
}
