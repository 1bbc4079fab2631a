//! A session: what the server remembers of a legacy client.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{Sessions, streams::Streams};
use crate::{
    call::{Answer, Call, Capabilities, Question},
    clock::millis,
    cluster::{Change, Changes, Interest, Listener},
    error::ProtocolError,
    protocol::{
        json::Json,
        message::{Message, RequestId},
        notification::Level,
        version::Revision,
    },
    scope::ScopeSet,
    secret::secret,
    store::Owner,
};

/// One client's session.
#[derive(Debug)]
pub(crate) struct Session {
    id: Arc<str>,
    owner: Owner,
    revision: Revision,
    capabilities: Capabilities,
    log_level: AtomicU8,
    /// In milliseconds of the server's clock.
    pub(super) last_used: AtomicU64,
    /// A call has ended, or a stream, since the session was last looked at.
    stirred: AtomicBool,
    /// Where it is listed, and under which number.
    pub(super) listed: OnceLock<(Weak<Sessions>, u64)>,
    /// It was found in use, and is to say when it may not be any more.
    watched: AtomicBool,
    /// Nothing begins any more.
    ended: AtomicBool,
    /// The calls that wait for something, by their requests' ids.
    waiting: Mutex<Vec<(RequestId, Call)>>,
    /// What it was asked and hasn't answered.
    questions: Mutex<Vec<Sent>>,
    /// How much it was asked.
    asked: AtomicU64,
    /// What has changed that the client hasn't been told.
    changes: Listener,
    pub(super) streams: Mutex<Streams>,
}

impl Session {
    /// A session with an id of 32 random bytes, as base64url.
    pub(super) fn open(
        owner: Owner,
        revision: Revision,
        capabilities: Capabilities,
        changes: &Changes,
    ) -> Result<Self, ProtocolError> {
        let id = secret()?.into();
        // Every revision tells of lists without being asked, and of a resource once it is subscribed to.
        let interest = Interest { tools: true, prompts: true, resources: true, ..Interest::default() };
        let listener = changes.listen(interest, owner.share());
        Ok(Self {
            id,
            owner,
            revision,
            capabilities,
            // Until a client says otherwise, the revisions leave the choice to the server.
            log_level: AtomicU8::new(Level::Info as u8),
            last_used: AtomicU64::default(),
            stirred: AtomicBool::default(),
            listed: OnceLock::new(),
            watched: AtomicBool::default(),
            ended: AtomicBool::default(),
            waiting: Mutex::default(),
            questions: Mutex::default(),
            asked: AtomicU64::default(),
            changes: listener.map_err(|much| ProtocolError::Failed(much.to_string()))?,
            streams: Mutex::default(),
        })
    }

    pub(crate) fn id(&self) -> &Arc<str> {
        &self.id
    }

    pub(crate) fn owner(&self) -> &Owner {
        &self.owner
    }

    pub(crate) fn revision(&self) -> Revision {
        self.revision
    }

    /// Whether its streams begin with an event that only says where to take them up again.
    pub(crate) fn primes_streams(&self) -> bool {
        crate::era::down::knows(self.revision, crate::era::down::Feature::Polling)
    }

    pub(super) fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    /// What the client wants to hear of.
    pub(crate) fn changes(&self) -> &Listener {
        &self.changes
    }

    /// A change, as a message of this session.
    pub(crate) fn change(change: &Change) -> Vec<u8> {
        let (method, params) = crate::era::change(change);
        crate::era::notification(method, params)
    }

    pub(super) fn log_level(&self) -> Level {
        let stored = self.log_level.load(Ordering::Relaxed);
        Level::ALL.into_iter().find(|level| *level as u8 == stored).unwrap_or(Level::Info)
    }

    pub(super) fn set_log_level(&self, level: Level) {
        self.log_level.store(level as u8, Ordering::Relaxed);
    }

    /// Cancels a call that waits.
    pub(crate) fn cancel(&self, id: &RequestId) {
        for (_, call) in self.waiting().iter().filter(|(waiting, _)| waiting == id) {
            call.cancel();
        }
    }

    /// Cancels every call and ends every stream: the session has ended.
    pub(crate) fn hang_up(&self) {
        // Whoever comes in later finds it closed.
        self.ended.store(true, Ordering::SeqCst);
        self.waiting().iter().for_each(|(_, call)| call.cancel());
        self.streams().hang_up();
        self.changes.close();
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Ends its own stream. Those of calls end with them.
    pub(super) fn end_own_stream(&self) {
        self.streams().end_own();
    }

    /// The id of a request to the client that asks this, from now on until there is an answer.
    pub(in crate::era) fn ask(&self, call: &Call, question: &Arc<Question>) -> u64 {
        let id = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        let sent = Sent { id, call: call.clone(), question: Arc::clone(question) };
        self.questions().push(sent);
        id
    }

    /// Whether the client was asked something that it hasn't answered.
    pub(crate) fn is_asked(&self) -> bool {
        !self.questions().is_empty()
    }

    /// The scopes that the call needed which asked this; none when nothing was asked.
    pub(crate) fn needed_to_answer(&self, id: &RequestId) -> ScopeSet {
        let questions = self.questions();
        let sent = questions.iter().find(|sent| sent.is(id));
        sent.map(|sent| sent.call.facts().need).unwrap_or_default()
    }

    /// The scopes that the calls needed which those of these messages answer that are answers.
    pub(crate) fn needed_for<'m, 'a: 'm>(
        &self,
        messages: impl IntoIterator<Item = &'m Message<'a>>,
    ) -> ScopeSet {
        let need = |message: &Message<'_>| match message {
            Message::Response { id: Some(id), .. } => self.needed_to_answer(id),
            _ => ScopeSet::default(),
        };
        messages.into_iter().map(need).fold(ScopeSet::default(), ScopeSet::with)
    }

    /// The client answers. What it wasn't asked, or has answered, is ignored.
    pub(super) fn answered(&self, id: &RequestId, answer: Result<Json<'_>, i64>) {
        let Some(sent) = self.take_sent(|sent| sent.is(id)) else { return };
        let answer = match answer {
            Ok(result) => Answer::Result(result.into_value()),
            Err(code) => Answer::Error { code },
        };
        sent.call.questions().answer(&sent.question.key, answer);
    }

    /// The id of the request that asked this, if it isn't answered. It is forgotten.
    pub(in crate::era) fn withdraw(&self, question: &Arc<Question>) -> Option<u64> {
        self.take_sent(|sent| Arc::ptr_eq(&sent.question, question)).map(|sent| sent.id)
    }

    fn take_sent(&self, is_meant: impl Fn(&Sent) -> bool) -> Option<Sent> {
        let mut questions = self.questions();
        let at = questions.iter().position(is_meant)?;
        Some(questions.swap_remove(at))
    }

    fn questions(&self) -> MutexGuard<'_, Vec<Sent>> {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<(RequestId, Call)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn streams(&self) -> MutexGuard<'_, Streams> {
        // Nothing panics under this lock.
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something has ended: from now on the session may be idle.
    pub(super) fn stir(&self) {
        self.stirred.store(true, Ordering::SeqCst);
        if self.watched.load(Ordering::SeqCst)
            && let Some((sessions, number)) = self.listed.get()
            && let Some(sessions) = sessions.upgrade()
        {
            sessions.freed(*number);
        }
    }

    fn is_in_use(&self) -> bool {
        !self.waiting().is_empty() || !self.streams().are_unread()
    }

    /// When it was last used, and whether something goes on in it. If so, its list is told when something has ended.
    pub(super) fn standing(&self, now: u64) -> (u64, bool) {
        // Set before it is looked: what ends meanwhile is seen here, or by the list.
        self.watched.store(true, Ordering::SeqCst);
        let in_use = self.is_in_use();
        self.watched.store(in_use, Ordering::SeqCst);
        self.note_use(now);
        (self.last_used.load(Ordering::Relaxed), in_use)
    }

    /// What has ended since the last look counts as a use.
    fn note_use(&self, now: u64) {
        if self.stirred.swap(false, Ordering::SeqCst) {
            self.last_used.store(now, Ordering::Relaxed);
        }
    }

    /// Whether nothing of this session has happened for that long, and nothing goes on.
    pub(super) fn is_idle(&self, now: u64, limit: Duration) -> bool {
        self.note_use(now);
        let since = self.last_used.load(Ordering::Relaxed);
        now.saturating_sub(since) >= millis(limit) && !self.is_in_use()
    }
}

/// A request to the client.
#[derive(Debug)]
struct Sent {
    id: u64,
    call: Call,
    question: Arc<Question>,
}

impl Sent {
    /// Whether it has this id.
    fn is(&self, id: &RequestId) -> bool {
        matches!(id, RequestId::Integer(id) if id.as_u64() == Some(self.id))
    }
}

/// A call in the list of those that its session can cancel, until this is dropped.
#[derive(Debug)]
pub(crate) struct Listing {
    session: Arc<Session>,
    call: Call,
}

impl Listing {
    pub(in crate::era) fn new(session: &Arc<Session>, id: &RequestId, call: &Call) -> Self {
        session.waiting().push((id.clone(), call.clone()));
        // Its session may have ended since the call was taken in.
        if session.has_ended() {
            call.cancel();
        }
        Self { session: Arc::clone(session), call: call.clone() }
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        let mut waiting = self.session.waiting();
        // Clients may give two calls one id.
        waiting.retain(|(_, call)| !call.is(&self.call));
        drop(waiting);
        self.session.questions().retain(|sent| !sent.call.is(&self.call));
        self.session.stir();
    }
}
