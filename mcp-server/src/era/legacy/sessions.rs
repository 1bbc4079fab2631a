//! The sessions that are open. Each has an owner, a cap and an end.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt;
use papaya::HashMap;
use tokio::{runtime::Handle, time::sleep};

use super::Session;
use crate::{
    call::Principal,
    clock::{Clock, millis},
    cluster::Events,
    error::Refusal,
    store::Owner,
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

/// The open sessions of a server, by their ids. Finding one takes no lock.
pub(crate) struct Sessions {
    open: HashMap<Arc<str>, Arc<Session>>,
    events: Arc<dyn Events>,
    limits: SessionLimits,
    clock: Clock,
    /// Held while a session is opened: the caps hold against openings at the same time.
    door: Mutex<()>,
    /// A task looks for idle sessions from time to time.
    swept: AtomicBool,
}

impl Sessions {
    pub(crate) fn new(limits: SessionLimits, clock: Clock, events: Arc<dyn Events>) -> Self {
        Self {
            open: HashMap::new(),
            events,
            limits,
            clock,
            door: Mutex::new(()),
            swept: AtomicBool::new(false),
        }
    }

    /// Lets a session in.
    ///
    /// Clients hardly ever end a session, so at a cap the longest idle ones make room: first among the
    /// owner's, then among all. Their clients are told 404 and begin again.
    pub(super) fn admit(self: &Arc<Self>, session: &Arc<Session>) {
        let now = self.now();
        session.last_used.store(now, Ordering::Relaxed);
        {
            let _door = self.door.lock().unwrap_or_else(PoisonError::into_inner);
            self.make_room(session.owner(), now);
            self.open.pin().insert(Arc::clone(session.id()), Arc::clone(session));
        }
        self.sweep();
    }

    /// Has idle sessions end also when no other is opened, for as long as any is open.
    fn sweep(self: &Arc<Self>) {
        let Ok(runtime) = Handle::try_current() else { return };
        if self.swept.swap(true, Ordering::SeqCst) {
            return;
        }
        let (sessions, pause) = (Arc::downgrade(self), self.limits.idle / 4);
        runtime.spawn(async move {
            loop {
                sleep(pause.max(Duration::from_secs(1))).await;
                let Some(sessions) = sessions.upgrade() else { return };
                sessions.let_idle_go(sessions.now());
                if sessions.open.is_empty() {
                    sessions.swept.swap(false, Ordering::SeqCst);
                    // One that was let in just now has found a task that was about to end.
                    if sessions.open.is_empty() || sessions.swept.swap(true, Ordering::SeqCst) {
                        return;
                    }
                }
            }
        });
    }

    fn let_idle_go(&self, now: u64) {
        let open = self.open.pin();
        let idle: Vec<_> = open.values().filter(|session| session.is_idle(now, self.limits.idle)).collect();
        for session in idle {
            open.remove(session.id());
            self.over(session);
        }
    }

    /// The session of that id, if it is this principal's. Somebody else's is as unknown as none.
    pub(in crate::era) fn find(&self, id: &str, principal: &Principal) -> Result<Arc<Session>, Refusal> {
        let now = self.now();
        let open = self.open.pin();
        let session = open.get(id).filter(|session| principal.owns(session.owner()));
        match session {
            Some(session) if !session.is_idle(now, self.limits.idle) => {
                session.last_used.store(now, Ordering::Relaxed);
                Ok(Arc::clone(session))
            }
            Some(idle) => {
                open.remove(id);
                self.over(idle);
                Err(Refusal::UnknownSession)
            }
            None => Err(Refusal::UnknownSession),
        }
    }

    /// Ends a session.
    pub(crate) fn end(&self, id: &str, principal: &Principal) -> Result<(), Refusal> {
        let session = self.find(id, principal)?;
        self.open.pin().remove(id);
        self.over(&session);
        Ok(())
    }

    /// Ends the streams that never end by themselves: the server stops.
    pub(crate) fn end_own_streams(&self) {
        self.open.pin().values().for_each(|session| session.end_own_stream());
    }

    /// Ends every session: the server has stopped.
    pub(crate) fn end_all(&self) {
        let open = self.open.pin();
        for session in open.values() {
            self.over(session);
        }
        open.clear();
    }

    /// A session that isn't open any more: nothing of it goes on, and nothing is kept.
    fn over(&self, session: &Session) {
        session.hang_up();
        // What is kept in this process is gone at once; elsewhere, it is soon.
        let forgetting = self.events.forget(Arc::clone(session.id()));
        if let (None, Ok(runtime)) = (forgetting.now_or_never(), Handle::try_current()) {
            runtime.spawn(self.events.forget(Arc::clone(session.id())));
        }
    }

    /// How many sessions are open.
    pub(crate) fn len(&self) -> usize {
        self.open.pin().len()
    }

    /// Lets idle sessions go, and at a cap the longest idle sixteenth, so that looking for them is rare.
    fn make_room(&self, owner: &Owner, now: u64) {
        let open = self.open.pin();
        let full = open.len() >= self.limits.total;
        // Anonymous callers can't be told apart, so they share the cap of the whole server.
        let shared = owner.is_shared();
        if !full && shared && !open.len().is_multiple_of(64) {
            return;
        }
        self.let_idle_go(now);
        if !shared {
            self.evict(self.limits.per_principal, now, |session| session.owner() == owner);
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
        // One that is in use makes room only when there is no other.
        let in_use = idle.iter().position(|(since, _)| *since == 0).unwrap_or(idle.len());
        for (_, id) in idle.iter().take(surplus.max(in_use.min(cap / 16))) {
            if let Some(session) = open.remove(*id) {
                self.over(session);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::{self, Capabilities},
        clock::Hand,
        cluster::{Changes, EventLimits, Memory},
        protocol::version::Revision,
    };

    fn somebody(subject: &str) -> Principal {
        call::somebody("i", subject, "c")
    }

    fn open(sessions: &Arc<Sessions>, owner: &Principal) -> Arc<str> {
        let (revision, capabilities) = (Revision::V2025_11_25, Capabilities::default());
        let session = Session::open(owner.owner(), revision, capabilities, &Changes::default());
        let session = Arc::new(session.unwrap());
        sessions.admit(&session);
        Arc::clone(session.id())
    }

    fn sessions(total: usize, per_principal: usize) -> (Arc<Sessions>, Hand) {
        let (clock, hand) = Clock::by_hand();
        let limits = SessionLimits { total, per_principal, idle: Duration::from_mins(1) };
        let events = Memory::new(EventLimits::default(), clock.clone());
        (Arc::new(Sessions::new(limits, clock, Arc::new(events))), hand)
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
        assert_eq!(sessions.find(&id, &Principal::default()).unwrap_err(), Refusal::UnknownSession);
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

    #[tokio::test(start_paused = true)]
    async fn idle_sessions_end_by_themselves() {
        let (sessions, hand) = sessions(10, 10);
        open(&sessions, &somebody("a"));
        hand.advance(Duration::from_secs(59));
        sleep(Duration::from_mins(2)).await;
        assert_eq!(sessions.len(), 1);
        hand.advance(Duration::from_secs(1));
        sleep(Duration::from_mins(2)).await;
        assert_eq!(sessions.len(), 0);
        open(&sessions, &somebody("a"));
        hand.advance(Duration::from_mins(1));
        sleep(Duration::from_mins(2)).await;
        assert_eq!(sessions.len(), 0, "also after there were none");
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
