//! The sessions that are open. Each has an owner, a cap and an end.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt;
use papaya::HashMap;
use tokio::{runtime::Handle, time::sleep};

use super::{Session, eviction::EvictionOrder};
use crate::{
    call::Principal,
    clock::{Clock, millis},
    cluster::Events,
    error::Refusal,
    quota::{Exceeded, Quota},
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
    quota: Quota,
    /// Which sessions make room. Held while one is opened: the caps hold against openings at the same time.
    order: Mutex<EvictionOrder>,
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
            quota: Quota::new(limits.total.max(1), limits.per_principal.max(1)),
            order: Mutex::default(),
            swept: AtomicBool::new(false),
        }
    }

    /// Lets a session in.
    ///
    /// Clients hardly ever end a session, so at a cap the longest idle ones make room: one of the caller's own at
    /// theirs, and at that of all one of whoever has most. Their clients are told 404 and begin again.
    pub(super) fn admit(self: &Arc<Self>, session: &Arc<Session>) {
        let now = self.now();
        session.last_used.store(now, Ordering::Relaxed);
        let (mut over, mut order) = (Vec::new(), self.order());
        while let Some(idle) = order.take_idle(now, self.limits.idle) {
            over.push(idle);
        }
        let share = session.owner().share();
        let permit = loop {
            let next = match self.quota.take(share, 1) {
                Ok(permit) => break Some(permit),
                Err(Exceeded::Share) => share.shares().find_map(|share| order.take_of(&share, now)),
                Err(Exceeded::Total) => order.take_of_most(now),
            };
            match next {
                Some(next) => over.push(next),
                None => break None,
            }
        };
        if let Some(permit) = permit {
            let number = order.add(session, permit, now);
            // Nobody else lists it.
            let _ = session.listed.set((Arc::downgrade(self), number));
            self.open.pin().insert(Arc::clone(session.id()), Arc::clone(session));
        }
        drop(order);
        for session in over {
            self.over(&session);
        }
        self.sweep();
    }

    fn order(&self) -> MutexGuard<'_, EvictionOrder> {
        // Nothing panics under this lock.
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something has ended in a session that was in use.
    pub(super) fn freed(&self, number: u64) {
        self.order().freed(number, self.now());
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
        loop {
            // Not held while the session ends.
            let idle = self.order().take_idle(now, self.limits.idle);
            match idle {
                Some(session) => self.over(&session),
                None => return,
            }
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
                self.over(idle);
                Err(Refusal::UnknownSession)
            }
            None => Err(Refusal::UnknownSession),
        }
    }

    /// Ends a session.
    pub(crate) fn end(&self, id: &str, principal: &Principal) -> Result<(), Refusal> {
        let session = self.find(id, principal)?;
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
    }

    /// A session that isn't open any more: nothing of it goes on, and nothing is kept.
    fn over(&self, session: &Session) {
        self.open.pin().remove(session.id());
        if let Some((_, number)) = session.listed.get() {
            drop(self.order().remove(*number));
        }
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

    /// A caller with another client of theirs.
    fn by(subject: &str, client: &str) -> Principal {
        call::somebody("i", subject, client)
    }

    #[test]
    fn rl_2_clients_of_one_person_share_a_cap() {
        let (sessions, hand) = sessions(100, 2);
        let other = open(&sessions, &somebody("b"));
        let mut mine = Vec::new();
        for client in 0..10 {
            hand.advance(Duration::from_millis(1));
            let client = by("a", &client.to_string());
            mine.push((open(&sessions, &client), client));
        }
        assert_eq!(sessions.len(), 3);
        assert!(sessions.find(&other, &somebody("b")).is_ok(), "others keep theirs");
        let (last, client) = &mine[9];
        assert!(sessions.find(last, client).is_ok());
        assert!(sessions.find(last, &mine[8].1).is_err(), "each client has its own");
    }

    #[test]
    fn rl_2_whoever_has_most_makes_room() {
        let (sessions, hand) = sessions(6, 5);
        let mut opened = Vec::new();
        for (name, count) in [("quiet", 1), ("a", 2), ("loud", 3)] {
            for _ in 0..count {
                hand.advance(Duration::from_secs(1));
                opened.push((open(&sessions, &somebody(name)), name));
            }
        }
        open(&sessions, &somebody("next"));
        let found: Vec<_> =
            opened.iter().map(|(id, name)| sessions.find(id, &somebody(name)).is_ok()).collect();
        assert_eq!(found, [true, true, true, false, true, true], "the longest idle of whoever has most");
    }

    #[test]
    fn one_that_is_in_use_makes_room_only_when_there_is_no_other() {
        let (sessions, hand) = sessions(10, 2);
        let owner = somebody("a");
        let find = |id: &Arc<str>| sessions.find(id, &owner);
        let first = open(&sessions, &owner);
        let reader = find(&first).unwrap().tune_in_now();
        hand.advance(Duration::from_secs(1));
        let second = open(&sessions, &owner);
        hand.advance(Duration::from_secs(1));
        let third = open(&sessions, &owner);
        assert!(find(&second).is_err() && find(&first).is_ok(), "the first is in use");
        let other = find(&third).unwrap().tune_in_now();
        hand.advance(Duration::from_secs(1));
        let fourth = open(&sessions, &owner);
        assert!(find(&first).is_err() && find(&fourth).is_ok(), "both were in use");
        drop((reader, other));
        hand.advance(Duration::from_secs(1));
        assert!(find(&fourth).is_ok());
        let fifth = open(&sessions, &owner);
        assert!(find(&third).is_err(), "it isn't in use any more");
        assert!(find(&fourth).is_ok() && find(&fifth).is_ok());
    }

    #[test]
    fn rl_2_networks_of_one_site_make_room_for_each_other() {
        let (sessions, hand) = sessions(1_000, 1);
        let caller = |number: u32| {
            let address: std::net::IpAddr = format!("2001:db8:1:{number:x}::1").parse().unwrap();
            Principal::anonymous(address.into())
        };
        let first = open(&sessions, &caller(0));
        for number in 1..100 {
            hand.advance(Duration::from_millis(1));
            open(&sessions, &caller(number));
        }
        assert_eq!(sessions.len(), 8, "a site has eight times the share of a network");
        assert!(sessions.find(&first, &caller(0)).is_err());
    }

    #[test]
    fn rl_4_opening_a_session_looks_at_few_others() {
        const MOST: usize = 2_000;
        let (sessions, hand) = sessions(MOST, MOST);
        let names: Vec<_> = (0..10).map(|name| somebody(&name.to_string())).collect();
        let mut opened = Vec::new();
        for number in 0..MOST {
            hand.advance(Duration::from_millis(1));
            let owner = &names[number % names.len()];
            opened.push((open(&sessions, owner), owner));
        }
        assert_eq!(sessions.order().looks, 0, "below the caps");
        let readers: Vec<_> = opened.iter().take(MOST / 2).collect();
        let readers = readers.iter().map(|(id, owner)| sessions.find(id, owner).unwrap().tune_in_now());
        let readers: Vec<_> = readers.collect();
        hand.advance(Duration::from_millis(1));
        for (id, owner) in &opened {
            assert!(sessions.find(id, owner).is_ok());
        }
        let openings = 1_000;
        for number in 0..openings {
            hand.advance(Duration::from_millis(1));
            open(&sessions, &names[number % names.len()]);
        }
        let looks = sessions.order().looks;
        // One for each that goes, and one for each that was used since it was opened.
        assert!(looks <= openings + MOST, "{looks}");
        assert_eq!((sessions.len(), sessions.order().len(), sessions.quota.held()), (MOST, MOST, MOST));
        drop(readers);
        sessions.end_all();
        assert_eq!((sessions.len(), sessions.order().len(), sessions.quota.held()), (0, 0, 0));
    }
}
