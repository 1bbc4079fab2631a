//! Method to answer.
//!
//! Takes a request whose revision, caller and declarations are known, gives an [`Answer`]: an outcome at once,
//! or a call that runs. Knows nothing of HTTP, of sessions, or of how a revision writes things down.

mod running;
mod tools;

use std::{borrow::Cow, sync::Arc, time::Duration};

pub(crate) use running::Running;

use crate::{
    call::{Facts, Outcome, States},
    catalog::Catalog,
    error::ProtocolError,
    protocol::json::Object,
};

/// What the methods work on.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) catalog: Catalog,
    pub(crate) states: Arc<States>,
    pub(crate) cursors: Cursors,
    /// The longest a call may take whose tool says nothing else.
    pub(crate) timeout: Option<Duration>,
}

/// A request that is understood.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: Cow<'a, str>,
    pub(crate) params: Object<'a>,
    pub(crate) facts: Facts,
}

/// What a method gives.
pub(crate) enum Answer {
    /// The outcome.
    Done(Outcome),
    /// A function that has to be driven to its outcome.
    Running(Running),
}

/// Answers a request. Methods that only some revisions have, or that open a session, are `era/`'s own.
pub(crate) fn answer(desk: &Desk, request: Request<'_>) -> Result<Answer, ProtocolError> {
    match &*request.method {
        "server/discover" => Ok(Answer::Done(Outcome::Discover)),
        "tools/list" => tools::list(desk, &request.params),
        "tools/call" => tools::call(desk, request),
        _ => Err(ProtocolError::MethodNotFound(request.method.into_owned())),
    }
}

/// The pages of a listing, and the opaque texts under which a client asks for all but the first.
///
/// A cursor is valid for one version of one listing: after a change it is unknown, not a different page.
#[derive(Debug)]
pub(crate) struct Cursors(Vec<String>);

impl Cursors {
    /// Cursors for the pages after the first, made from a fingerprint of the whole listing.
    pub(crate) fn new(pages: usize, fingerprint: u64) -> Self {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let cursor = |page: usize| {
            let mut bytes = fingerprint.to_be_bytes().to_vec();
            bytes.extend_from_slice(&page.to_be_bytes());
            URL_SAFE_NO_PAD.encode(bytes)
        };
        Self((1..pages).map(cursor).collect())
    }

    /// The number of the page that a cursor names.
    fn page(&self, cursor: &str) -> Option<usize> {
        self.0.iter().position(|known| known == cursor).map(|before| before + 1)
    }

    /// The cursor of the page after this one, if there is one.
    pub(crate) fn after(&self, page: usize) -> Option<&str> {
        self.0.get(page).map(String::as_str)
    }
}
