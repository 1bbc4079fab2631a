//! A connection that carries every message of its client, one way and the other: stdio, or HTTP with SSE.
//!
//! There are no headers, and no session's id: the connection is the session.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::SetOnce;

use super::{Eras, Session, Speaker, Turn, legacy, modern, refused, says_version};
use crate::{
    call::{Call, Principal},
    catalog::Offer,
    error::{ProtocolError, Refusal},
    protocol::message::{Message, RequestId},
    store::Owner,
};

/// One client's connection.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) owner: Owner,
    /// Whether modern requests are taken: HTTP with SSE is older than they are.
    modern: bool,
    /// Opened by `initialize`.
    session: SetOnce<Arc<Session>>,
    running: Mutex<Running>,
}

/// What runs on a line.
#[derive(Debug, Default)]
struct Running {
    /// Each has its number: clients may give two requests one id.
    listed: Vec<(u64, RequestId, Cancel)>,
    numbers: u64,
    /// The connection has ended.
    ended: bool,
}

/// How to end something that runs.
#[derive(Debug, Clone)]
pub(crate) enum Cancel {
    Call(Call),
    Subscription(Arc<tokio::sync::Notify>),
}

impl Line {
    pub(crate) fn new(owner: Owner, modern: bool) -> Self {
        Self { owner, modern, session: SetOnce::new(), running: Mutex::default() }
    }

    /// The session, once it is open.
    pub(crate) fn session(&self) -> Option<&Arc<Session>> {
        self.session.get()
    }

    /// The session, as soon as it is open.
    pub(crate) async fn opened(&self) -> &Arc<Session> {
        self.session.wait().await
    }

    /// Finds out what a message is, and checks it by the rules of its revision.
    pub(crate) fn resolve<'a>(
        &self,
        eras: &Eras,
        (principal, message): (&Principal, Message<'a>),
        offer: &Offer,
    ) -> Result<Turn<'a>, Refusal> {
        let is_modern = match &message {
            Message::Request { params, .. } => says_version(params),
            Message::Notification { .. } | Message::Response { .. } => false,
        };
        match (message, self.session.get()) {
            (Message::Request { id, .. }, _) if is_modern && !self.modern => {
                let text =
                    "this transport belongs to revision 2024-11-05; send modern requests to the MCP endpoint";
                Err(refused(Some(id), ProtocolError::InvalidRequest(text.into())))
            }
            (Message::Request { id, method, params }, _) if is_modern => {
                let check = modern::Check { principal, headers: None, offer };
                check.request(&eras.face, (id, method, params))
            }
            (Message::Notification { method, params }, _) => {
                if method == "notifications/cancelled"
                    && let Some(id) = legacy::cancelled(params)
                {
                    self.cancel(&id);
                }
                Ok(Turn::Accepted)
            }
            (Message::Request { id, method, params }, None) if method == "initialize" => {
                match legacy::opened(eras, principal, &params) {
                    Ok(session) => {
                        let body = legacy::welcome(eras, &id, &session, offer);
                        // A second `initialize` at the same time has lost.
                        let _ = self.session.set(session);
                        Ok(Turn::Answered { body, session: None })
                    }
                    Err(error) => Ok(legacy::failed(&id, &error)),
                }
            }
            // There is no header to leave out, as there is elsewhere.
            (Message::Request { id, method, .. }, Some(_)) if method == "initialize" => {
                let text = "this connection is initialized; open another one to begin anew";
                Ok(legacy::failed(&id, &ProtocolError::InvalidRequest(text.into())))
            }
            (message, Some(session)) => legacy::in_session(eras, (session, principal), message, offer, false),
            (Message::Request { id, .. }, None) => {
                let text = "begin with `initialize`, or say the revision in `_meta`";
                Err(refused(Some(id), ProtocolError::InvalidRequest(text.into())))
            }
            (Message::Response { .. }, None) => Ok(Turn::Accepted),
        }
    }

    /// Lists something that is about to run, until what is given back is dropped: the next message may cancel it.
    pub(crate) fn list(self: &Arc<Self>, speaker: &Speaker, cancel: Cancel) -> Listed {
        let mut running = self.running();
        if running.ended {
            cancel.now();
        }
        running.numbers += 1;
        let number = running.numbers;
        running.listed.push((number, speaker.id().clone(), cancel));
        Listed { line: Arc::clone(self), number }
    }

    /// Ends everything that runs: the connection has ended.
    pub(crate) fn hang_up(&self) {
        let mut running = self.running();
        running.ended = true;
        running.listed.iter().for_each(|(_, _, cancel)| cancel.now());
        drop(running);
        self.session().into_iter().for_each(|session| session.hang_up());
    }

    fn cancel(&self, id: &RequestId) {
        let running = self.running();
        let meant = running.listed.iter().filter(|(_, listed, _)| listed == id);
        meant.for_each(|(_, _, cancel)| cancel.now());
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        // Nothing panics under this lock.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cancel {
    fn now(&self) {
        match self {
            Self::Call(call) => call.cancel(),
            Self::Subscription(end) => end.notify_one(),
        }
    }
}

/// Something in the list of what runs on a line, until this is dropped.
#[derive(Debug)]
pub(crate) struct Listed {
    line: Arc<Line>,
    number: u64,
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.line.running().listed.retain(|(number, _, _)| *number != self.number);
    }
}
