//! Canaries: tokens, signatures and identifiers that nobody may ever show.
//!
//! Each token that a test mints is remembered, and everything that a server says is searched for it at once: headers and
//! bodies by [`watched`], what a process prints by [`look_in`]. The search is by the test's own process, which knows all that
//! it minted.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use axum::{Router, body::Body, extract::Request, middleware, middleware::Next};
use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body_util::BodyExt as _;

/// What must not be shown.
static WATCHED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Shorter pieces could be anywhere by accident.
const SHORTEST: usize = 16;

/// How much of a body is kept, so that what lies across two pieces is found.
const OVERLAP: usize = 16 * 1024;

/// An identifier that is nowhere else, and is watched.
#[must_use]
pub fn fresh() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut random = [0; 16];
    aws_lc_rs::rand::fill(&mut random).expect("randomness");
    let random = u128::from_be_bytes(random);
    let canary = format!("canary-{random:032x}-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    remember(&canary);
    canary
}

/// Watches a token, and the parts of it that only it has: what it claims, and the signature.
pub fn watch(token: &str) {
    remember(token);
    token.split('.').skip(1).for_each(remember);
}

fn remember(text: &str) {
    if text.len() >= SHORTEST {
        WATCHED.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
    }
}

/// What of the watched is in this text.
#[must_use]
pub fn find(text: &str) -> Option<String> {
    let watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
    watched.iter().find(|canary| text.contains(canary.as_str())).cloned()
}

/// Sees to it that nothing watched is in this text.
///
/// # Panics
///
/// When it is.
pub fn look_in(text: &str, place: &str) {
    if let Some(canary) = find(text) {
        let around = text.find(&canary).unwrap_or(0);
        let before: String = text[..around].chars().rev().take(80).collect();
        let before: String = before.chars().rev().collect();
        panic!("{place} shows `{canary}`, after: {before}");
    }
}

/// A router whose every answer is searched.
pub fn watched(router: Router) -> Router {
    router.layer(middleware::from_fn(async |request: Request, next: Next| search(next.run(request).await)))
}

fn search(response: Response<Body>) -> Response<Body> {
    look_in_headers(response.headers());
    let mut tail = Vec::new();
    response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            if let Some(data) = frame.data_ref() {
                look_in_piece(&mut tail, data);
            }
            frame
        }))
    })
}

fn look_in_headers(headers: &HeaderMap) {
    for (name, value) in headers {
        look_in(&String::from_utf8_lossy(value.as_bytes()), &format!("the header `{name}`"));
    }
}

fn look_in_piece(tail: &mut Vec<u8>, piece: &Bytes) {
    tail.extend_from_slice(piece);
    look_in(&String::from_utf8_lossy(tail), "a body");
    let old = tail.len().saturating_sub(OVERLAP);
    tail.drain(..old);
}
