//! Sessions: what the server remembers of a legacy client. Each has an owner, a cap and an end.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use papaya::HashMap;

use crate::{
    call::{Call, Capabilities, Principal},
    clock::{Clock, millis},
    error::{ProtocolError, Refusal},
    protocol::{message::RequestId, notification::Level, version::Revision},
    telemetry,
};

/// How many sessions there may be, and for how long without a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SessionLimits {
    pub(crate) total: usize,
    pub(crate) per_principal: usize,
    pub(crate) idle: Duration,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { total: 10_000, per_principal: 1_000, idle: Duration::from_mins(30) }
    }
}

/// One client's session.
#[derive(Debug)]
pub(crate) struct Session {
    owner: Principal,
    revision: Revision,
    capabilities: Capabilities,
    log_level: AtomicU8,
    /// In milliseconds of the server's clock.
    last_used: AtomicU64,
    /// A call has ended since the session was last looked at.
    stirred: AtomicBool,
    /// The calls that wait for something, by their requests' ids.
    waiting: Mutex<Vec<(RequestId, Call)>>,
}

impl Session {
    pub(super) fn new(owner: Principal, revision: Revision, capabilities: Capabilities) -> Self {
        // Until a client says otherwise, the revisions leave the choice to the server.
        let log_level = AtomicU8::new(Level::Info as u8);
        let (last_used, stirred, waiting) = Default::default();
        Self { owner, revision, capabilities, log_level, last_used, stirred, waiting }
    }

    pub(super) fn revision(&self) -> Revision {
        self.revision
    }

    pub(super) fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    pub(super) fn log_level(&self) -> Level {
        let stored = self.log_level.load(Ordering::Relaxed);
        Level::ALL.into_iter().find(|level| *level as u8 == stored).unwrap_or(Level::Info)
    }

    pub(super) fn set_log_level(&self, level: Level) {
        self.log_level.store(level as u8, Ordering::Relaxed);
    }

    /// Cancels a call that waits.
    pub(super) fn cancel(&self, id: &RequestId) {
        for (_, call) in self.waiting().iter().filter(|(waiting, _)| waiting == id) {
            call.outbox().cancel();
        }
    }

    /// Cancels every call: the session has ended.
    fn cancel_all(&self) {
        self.waiting().iter().for_each(|(_, call)| call.outbox().cancel());
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<(RequestId, Call)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn idle_since(&self, now: u64) -> u64 {
        now.saturating_sub(self.last_used.load(Ordering::Relaxed))
    }

    /// Whether nothing of this session has happened for that long, and nothing goes on.
    fn is_idle(&self, now: u64, limit: Duration) -> bool {
        if self.stirred.swap(false, Ordering::Relaxed) {
            self.last_used.store(now, Ordering::Relaxed);
        }
        self.idle_since(now) >= millis(limit) && self.waiting().is_empty()
    }
}

/// A call in the list of those that its session can cancel, until this is dropped.
#[derive(Debug)]
pub(crate) struct Listing {
    session: Arc<Session>,
    id: RequestId,
}

impl Listing {
    pub(in crate::era) fn new(session: &Arc<Session>, id: &RequestId, call: &Call) -> Self {
        session.waiting().push((id.clone(), call.clone()));
        Self { session: Arc::clone(session), id: id.clone() }
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        let mut waiting = self.session.waiting();
        if let Some(place) = waiting.iter().position(|(id, _)| *id == self.id) {
            waiting.swap_remove(place);
        }
        self.session.stirred.store(true, Ordering::Relaxed);
    }
}

/// The open sessions of a server, by their ids. Finding one takes no lock.
pub(crate) struct Sessions {
    open: HashMap<Box<str>, Arc<Session>>,
    limits: SessionLimits,
    clock: Clock,
    /// Held while a session is opened: the caps hold against openings at the same time.
    door: Mutex<()>,
}

impl Sessions {
    pub(crate) fn new(limits: SessionLimits, clock: Clock) -> Self {
        Self { open: HashMap::new(), limits, clock, door: Mutex::new(()) }
    }

    /// Opens a session and gives its id: 32 random bytes as base64url.
    ///
    /// Clients hardly ever end a session, so at a cap the longest idle ones make room: first among the
    /// owner's, then among all. Their clients are told 404 and begin again.
    pub(super) fn open(&self, session: Session) -> Result<String, Refusal> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|_| no_randomness())?;
        let id = URL_SAFE_NO_PAD.encode(secret);
        let now = self.now();
        session.last_used.store(now, Ordering::Relaxed);
        let _door = self.door.lock().unwrap_or_else(PoisonError::into_inner);
        self.make_room(&session.owner, now);
        self.open.pin().insert(id.as_str().into(), Arc::new(session));
        Ok(id)
    }

    /// The session of that id, if it is this principal's. Somebody else's is as unknown as none.
    pub(super) fn find(&self, id: &str, principal: &Principal) -> Result<Arc<Session>, Refusal> {
        let now = self.now();
        let open = self.open.pin();
        let session = open.get(id).filter(|session| session.owner == *principal);
        match session {
            Some(session) if !session.is_idle(now, self.limits.idle) => {
                session.last_used.store(now, Ordering::Relaxed);
                Ok(Arc::clone(session))
            }
            Some(_) => {
                open.remove(id);
                Err(Refusal::UnknownSession)
            }
            None => Err(Refusal::UnknownSession),
        }
    }

    /// Ends a session.
    pub(crate) fn end(&self, id: &str, principal: &Principal) -> Result<(), Refusal> {
        self.find(id, principal)?.cancel_all();
        self.open.pin().remove(id);
        Ok(())
    }

    /// How many sessions are open.
    pub(crate) fn len(&self) -> usize {
        self.open.pin().len()
    }

    /// Lets idle sessions go, and at a cap the longest idle sixteenth, so that looking for them is rare.
    fn make_room(&self, owner: &Principal, now: u64) {
        let open = self.open.pin();
        let full = open.len() >= self.limits.total;
        // Anonymous callers can't be told apart, so they share the cap of the whole server.
        let shared = *owner == Principal::Anonymous;
        if !full && shared && !open.len().is_multiple_of(64) {
            return;
        }
        open.retain(|_, session| !session.is_idle(now, self.limits.idle));
        if !shared {
            self.evict(self.limits.per_principal, now, |session| session.owner == *owner);
        }
        self.evict(self.limits.total, now, |_| true);
    }

    /// Ends the longest idle of the sessions that `counts`, when they are as many as `cap`.
    fn evict(&self, cap: usize, now: u64, counts: impl Fn(&Session) -> bool) {
        let open = self.open.pin();
        let counted = open.iter().filter(|(_, session)| counts(session));
        let mut idle: Vec<(u64, &str)> =
            counted.map(|(id, session)| (session.idle_since(now), &**id)).collect();
        if idle.len() < cap {
            return;
        }
        idle.sort_unstable_by(|a, b| b.cmp(a));
        let surplus = idle.len() + 1 - cap;
        for (_, id) in idle.iter().take(surplus.max(cap / 16)) {
            if let Some(session) = open.remove(*id) {
                session.cancel_all();
            }
        }
    }

    fn now(&self) -> u64 {
        millis(self.clock.now())
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("open", &self.len())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

fn no_randomness() -> Refusal {
    let reference = telemetry::no_randomness();
    Refusal::Protocol { id: None, error: ProtocolError::Internal { reference } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Hand;

    fn somebody(subject: &str) -> Principal {
        Principal::Subject { issuer: "i".into(), subject: subject.into(), client: "c".into() }
    }

    fn open(sessions: &Sessions, owner: &Principal) -> String {
        let capabilities = Capabilities::default();
        sessions.open(Session::new(owner.clone(), Revision::V2025_11_25, capabilities)).unwrap()
    }

    fn sessions(total: usize, per_principal: usize) -> (Sessions, Hand) {
        let (clock, hand) = Clock::by_hand();
        let limits = SessionLimits { total, per_principal, idle: Duration::from_mins(1) };
        (Sessions::new(limits, clock), hand)
    }

    #[test]
    fn an_id_is_43_visible_characters_and_never_the_same() {
        let (sessions, _) = sessions(10, 10);
        let (a, b) = (open(&sessions, &somebody("a")), open(&sessions, &somebody("a")));
        assert_eq!(a.len(), 43);
        assert!(a.bytes().all(|byte| byte.is_ascii_graphic()));
        assert_ne!(a, b);
    }

    #[test]
    fn a_session_is_found_by_its_owner_only() {
        let (sessions, _) = sessions(10, 10);
        let id = open(&sessions, &somebody("a"));
        assert!(sessions.find(&id, &somebody("a")).is_ok());
        assert_eq!(sessions.find(&id, &somebody("b")).unwrap_err(), Refusal::UnknownSession);
        assert_eq!(sessions.find(&id, &Principal::Anonymous).unwrap_err(), Refusal::UnknownSession);
        assert!(sessions.end(&id, &somebody("b")).is_err());
        assert!(sessions.end(&id, &somebody("a")).is_ok());
        assert!(sessions.find(&id, &somebody("a")).is_err());
    }

    #[test]
    fn an_idle_session_ends_and_a_used_one_stays() {
        let (sessions, hand) = sessions(10, 10);
        let owner = somebody("a");
        let (idle, used) = (open(&sessions, &owner), open(&sessions, &owner));
        hand.advance(Duration::from_secs(40));
        assert!(sessions.find(&used, &owner).is_ok());
        hand.advance(Duration::from_secs(40));
        assert!(sessions.find(&idle, &owner).is_err());
        assert!(sessions.find(&used, &owner).is_ok());
        hand.advance(Duration::from_secs(61));
        open(&sessions, &owner);
        assert_eq!(sessions.len(), 1, "opening a session lets idle ones go");
    }

    #[test]
    fn at_a_cap_the_longest_idle_makes_room() {
        let (sessions, hand) = sessions(4, 2);
        let [a, b, c] = ["a", "b", "c"].map(somebody);
        let first = open(&sessions, &a);
        hand.advance(Duration::from_secs(1));
        let second = open(&sessions, &a);
        hand.advance(Duration::from_secs(1));
        let third = open(&sessions, &a);
        assert!(sessions.find(&first, &a).is_err(), "a principal's cap takes from the principal");
        assert!(sessions.find(&second, &a).is_ok() && sessions.find(&third, &a).is_ok());
        hand.advance(Duration::from_secs(1));
        let others = [open(&sessions, &b), open(&sessions, &b), open(&sessions, &c)];
        assert_eq!(sessions.len(), 4);
        assert!(others.iter().zip([&b, &b, &c]).all(|(id, owner)| sessions.find(id, owner).is_ok()));
    }
}
