//! A connection that carries every message of its client, one way and the other: stdio, or HTTP with SSE.
//!
//! There are no headers, and no session's id: the connection is the session.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::{Eras, Session, Speaker, Turn, legacy, modern, refused, says_version};
use crate::{
    call::{Call, Principal},
    catalog::Offer,
    error::{ProtocolError, Refusal},
    protocol::message::{Message, RequestId},
};

/// One client's connection.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) principal: Principal,
    /// Whether modern requests are taken: HTTP with SSE is older than they are.
    modern: bool,
    /// Opened by `initialize`.
    session: OnceLock<Arc<Session>>,
    /// The modern calls that run, by their requests' ids.
    running: Mutex<Vec<(RequestId, Cancel)>>,
}

/// How to end something that runs.
#[derive(Debug, Clone)]
pub(crate) enum Cancel {
    Call(Call),
    Subscription(Arc<tokio::sync::Notify>),
}

impl Line {
    pub(crate) fn new(principal: Principal, modern: bool) -> Self {
        Self { principal, modern, session: OnceLock::new(), running: Mutex::default() }
    }

    /// The session, once it is open.
    pub(crate) fn session(&self) -> Option<&Arc<Session>> {
        self.session.get()
    }

    /// Finds out what a message is, and checks it by the rules of its revision.
    pub(crate) fn resolve<'a>(
        &self,
        eras: &Eras,
        message: Message<'a>,
        offer: &Offer,
    ) -> Result<Turn<'a>, Refusal> {
        let is_modern = match &message {
            Message::Request { params, .. } => says_version(params),
            Message::Notification { .. } | Message::Response => false,
        };
        match (message, self.session.get()) {
            (Message::Request { id, .. }, _) if is_modern && !self.modern => {
                let text =
                    "this transport belongs to revision 2024-11-05; send modern requests to the MCP endpoint";
                Err(refused(Some(id), ProtocolError::InvalidRequest(text.into())))
            }
            (Message::Request { id, method, params }, _) if is_modern => {
                let check = modern::Check { principal: &self.principal, headers: None, offer };
                check.request(&eras.face, (id, method, params))
            }
            (Message::Notification { method, params }, session) => {
                if method == "notifications/cancelled"
                    && let Some(id) = legacy::cancelled(params)
                {
                    self.cancel(&id);
                    if let Some(session) = session {
                        session.cancel(&id);
                    }
                }
                Ok(Turn::Accepted)
            }
            (Message::Request { id, method, params }, None) if method == "initialize" => {
                match legacy::opened(eras, &self.principal, &params) {
                    Ok(session) => {
                        let body = legacy::welcome(eras, &id, &session, offer);
                        // A second `initialize` at the same time has lost.
                        let _ = self.session.set(session);
                        Ok(Turn::Answered { body, session: None })
                    }
                    Err(error) => Ok(legacy::failed(&id, &error)),
                }
            }
            (message, Some(session)) => Ok(legacy::in_session(eras, session, message, offer, false)),
            (Message::Request { id, .. }, None) => {
                let text = "begin with `initialize`, or say the revision in `_meta`";
                Err(refused(Some(id), ProtocolError::InvalidRequest(text.into())))
            }
            (Message::Response, None) => Ok(Turn::Accepted),
        }
    }

    /// Lists something that runs and is no session's, until what is given back is dropped.
    pub(crate) fn list(self: &Arc<Self>, speaker: &Speaker, cancel: Cancel) -> Option<Listed> {
        if speaker.session().is_some() {
            return None;
        }
        self.running().push((speaker.id().clone(), cancel));
        Some(Listed { line: Arc::clone(self), id: speaker.id().clone() })
    }

    /// Ends everything that runs: the connection has ended.
    pub(crate) fn hang_up(&self) {
        self.running().iter().for_each(|(_, cancel)| cancel.now());
        self.session().into_iter().for_each(|session| session.hang_up());
    }

    fn cancel(&self, id: &RequestId) {
        self.running().iter().filter(|(running, _)| running == id).for_each(|(_, cancel)| cancel.now());
    }

    fn running(&self) -> MutexGuard<'_, Vec<(RequestId, Cancel)>> {
        // Nothing panics under this lock.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cancel {
    fn now(&self) {
        match self {
            Self::Call(call) => call.outbox().cancel(),
            Self::Subscription(end) => end.notify_one(),
        }
    }
}

/// Something in the list of what runs on a line, until this is dropped.
#[derive(Debug)]
pub(crate) struct Listed {
    line: Arc<Line>,
    id: RequestId,
}

impl Drop for Listed {
    fn drop(&mut self) {
        let mut running = self.line.running();
        if let Some(place) = running.iter().position(|(id, _)| *id == self.id) {
            running.swap_remove(place);
        }
    }
}
