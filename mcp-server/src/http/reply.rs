//! The one place where responses are built.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

use axum::{body::Body, response::Response};
use bytes::BytesMut;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER},
};
use tokio::time::{Sleep, sleep};

use super::{
    drive::{Drive, Step},
    sse::{self, Events, KEEP_ALIVE},
};
use crate::{
    era::{self, headers::SESSION},
    error::Refusal,
    protocol::message::error_response,
};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// A response by itself.
pub(super) fn json(response: era::Response) -> Response {
    of(response.status, JSON, Body::from(response.body))
}

/// An answer that was there at once.
pub(super) fn answered(body: Vec<u8>, session: Option<String>) -> Response {
    let mut response = of(200, JSON, Body::from(body));
    if let Some(session) = session.and_then(|session| HeaderValue::try_from(session).ok()) {
        response.headers_mut().insert(SESSION.clone(), session);
    }
    response
}

/// A notification was taken.
pub(super) fn accepted() -> Response {
    empty(StatusCode::ACCEPTED)
}

/// Done, with nothing to say.
pub(super) fn no_content() -> Response {
    empty(StatusCode::NO_CONTENT)
}

/// A request that never became a call.
pub(super) fn refusal(refusal: &Refusal) -> Response {
    let (id, data) = match refusal {
        Refusal::Protocol { id, error } => (id.as_ref(), error.data()),
        _ => (None, None),
    };
    let body = error_response(id, refusal.code(), &refusal.to_string(), data.as_ref());
    let mut response = of(refusal.status(), JSON, Body::from(body));
    match refusal {
        Refusal::MethodNotAllowed { allow } => {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
        }
        Refusal::Busy => {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        _ => {}
    }
    response
}

/// A running call: JSON when it is done before it says anything, else a stream from its first word on. One
/// that neither ends nor speaks becomes a stream too, so that comments keep its connection open.
pub(super) async fn call(mut drive: Drive) -> Response {
    let mut silence: Option<Pin<Box<Sleep>>> = None;
    let step = poll_fn(|context| match drive.step(context) {
        Poll::Ready(step) => Poll::Ready(step),
        Poll::Pending => {
            let silence = silence.get_or_insert_with(|| Box::pin(sleep(KEEP_ALIVE)));
            silence.as_mut().poll(context).map(|()| Step::Said)
        }
    })
    .await;
    match step {
        Step::Said => stream(Body::new(Events::new(drive))),
        // A cancelled request has no response: a stream that ends without one. With the drive the call ends.
        Step::Left => stream(Body::empty()),
        Step::Done(outcome) => {
            let mut events = BytesMut::new();
            sse::said(&drive, &mut events);
            let response = drive.finish(&outcome);
            if events.is_empty() {
                return json(response);
            }
            // Everything is known: the whole stream goes out in one write.
            sse::event(&mut events, &response.body);
            stream(Body::from(events.freeze()))
        }
    }
}

fn stream(body: Body) -> Response {
    let mut response = of(200, EVENT_STREAM, body);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(UNBUFFERED.0, UNBUFFERED.1);
    response
}

fn of(status: u16, content_type: HeaderValue, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
