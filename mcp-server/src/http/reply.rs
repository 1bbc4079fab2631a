//! The one place where responses are built.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use axum::{body::Body, response::Response};
use bytes::BytesMut;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER},
};
use tokio::time::{Sleep, sleep};

use super::{
    sse::{self, Events, Heard, Left, Listening},
    watched::Watched,
};
use crate::{
    drive::{self, Engine, Hearing, Step, Told},
    era::{self, Speaker, headers::SESSION},
    error::{Refusal, whole_seconds},
    protocol::message::error_response,
};

/// How long a call of a session may neither end nor speak until it is answered by a stream: from then on a client
/// that loses its connection can come back for the answer.
const BECOMES_A_STREAM: Duration = Duration::from_secs(1);

/// For how long a call of the modern era may go on after its token has ended: it was allowed when it began, and ends with
/// its stream.
const OUTLASTS: Duration = Duration::from_hours(1);

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// A response by itself.
pub(super) fn json(response: era::Response) -> Response {
    of(response.status, JSON, Body::from(response.body))
}

/// An answer that was there at once.
pub(super) fn answered(body: Vec<u8>, session: Option<&str>) -> Response {
    let mut response = of(200, JSON, Body::from(body));
    if let Some(session) = session.and_then(|session| HeaderValue::from_str(session).ok()) {
        response.headers_mut().insert(SESSION.clone(), session);
    }
    response
}

/// An array of messages, all of which were refused by limits of their caller's.
pub(super) fn limited(body: Vec<u8>, retry_after: Duration) -> Response {
    let mut response = of(429, JSON, Body::from(body));
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(whole_seconds(retry_after)));
    response
}

/// A JSON document.
pub(super) fn document(body: Body) -> Response {
    of(200, JSON, body)
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
    let limited = if let Refusal::Protocol { error, .. } = refusal { error.retry_after() } else { None };
    if let Some(retry_after) = limited {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(whole_seconds(retry_after)));
    }
    match refusal {
        Refusal::MethodNotAllowed { allow } => {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
        }
        Refusal::Busy
        | Refusal::ShareExceeded
        | Refusal::UnreadResponses
        | Refusal::UnreadByAll
        | Refusal::TooManyStreams(_) => {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        Refusal::TooManyFailures { seconds } | Refusal::CannotCheck { seconds } => {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*seconds));
        }
        _ => {}
    }
    response
}

/// A running call: JSON when it is done before it says anything, else a stream from its first word on. One
/// that neither ends nor speaks becomes a stream too, so that comments keep its connection open.
///
/// # Errors
///
/// What its caller lacks for what they asked about.
pub(super) async fn call(
    engine: &Arc<Engine>,
    mut watched: Watched,
    left: Left,
) -> Result<Response, Refusal> {
    let session = watched.steps().and_then(|steps| steps.speaker().session().cloned());
    let patience = if session.is_some() { BECOMES_A_STREAM } else { sse::KEEP_ALIVE };
    let mut silence: Option<Pin<Box<Sleep>>> = None;
    let step = poll_fn(|context| match watched.step(context) {
        Poll::Ready(step) => Poll::Ready(step),
        Poll::Pending => {
            let silence = silence.get_or_insert_with(|| Box::pin(sleep(patience)));
            silence.as_mut().poll(context).map(|()| Step::Said)
        }
    })
    .await;
    Ok(match (step, session) {
        // What was begun with a token may outlast it, and not for ever.
        (Step::Said, None) => {
            stream(Body::new(Events::new(watched).for_only(left.map(|left| left + OUTLASTS))))
        }
        (Step::Said, Some(session)) => match watched.into_steps() {
            Some(steps) => told(engine, &session, Told::one(steps), left),
            None => stream(Body::empty()),
        },
        // A cancelled request has no response: a stream that ends without one. With what drives it the call ends.
        (Step::Left, _) => stream(Body::empty()),
        (Step::Done(Err(error)), _) if error.has_own_status() => {
            let id = watched.steps().map(|steps| steps.speaker().id().clone());
            return Err(Refusal::Protocol { id, error });
        }
        (Step::Done(outcome), None) => {
            let Some(steps) = watched.steps() else { return Ok(stream(Body::empty())) };
            let mut events = BytesMut::new();
            sse::said(steps, &mut events);
            let response = steps.finish(&outcome);
            if events.is_empty() {
                return Ok(json(response));
            }
            // Everything is known: the whole stream goes out in one write.
            sse::event(&mut events, &response.body);
            stream(Body::from(events.freeze()))
        }
        (Step::Done(outcome), Some(session)) => {
            let Some(steps) = watched.steps() else { return Ok(stream(Body::empty())) };
            let (need, mut answers) = (steps.need(), drive::messages(steps));
            let response = steps.finish(&outcome);
            if answers.is_empty() {
                return Ok(json(response));
            }
            answers.push(response.body);
            told(engine, &session, Told::several(Vec::new(), answers, need), left)
        }
    })
}

/// Calls of a session, told of on a stream that can be taken up again.
pub(super) fn told(engine: &Arc<Engine>, session: &Arc<era::Session>, told: Told, left: Left) -> Response {
    let reader = drive::tell(engine, session, told);
    let prime = session.primes_streams();
    let hearing = Hearing::new(Arc::clone(engine), reader, 0, None);
    stream(Body::new(Events::new(Heard::new(hearing, 0, prime)).for_only(left)))
}

/// A stream of a session, taken up after an event.
pub(super) fn heard(hearing: Hearing, number: u64, prime: bool, left: Left) -> Response {
    stream(Body::new(Events::new(Heard::new(hearing, number, prime)).for_only(left)))
}

/// A client that listens.
pub(super) fn listening(
    engine: &Arc<Engine>,
    subscription: Box<crate::dispatch::Subscription>,
    speaker: Speaker,
    left: Left,
) -> Response {
    let listening = Listening::new(subscription, speaker, Arc::clone(engine));
    stream(Body::new(Events::new(listening).for_only(left)))
}

pub(super) fn stream(body: Body) -> Response {
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
