//! Changes of what is offered, and who wants to hear of them.
//!
//! A listener holds each change that it hasn't taken yet once, however often it happened. So one that takes nothing
//! costs no more than what it asked for.

use std::{
    collections::HashSet,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use indexmap::IndexSet;
use papaya::HashMap;

use crate::quota::{Exceeded, Permit, Quota, ShareKey};

/// Something that clients may want to hear of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Change {
    /// There are other tools.
    Tools,
    /// There are other prompts.
    Prompts,
    /// There are other resources, or templates of them.
    Resources,
    /// The resource at this URI has other contents.
    Updated(Arc<str>),
    /// The task of this id has another state.
    Task(Arc<str>),
}

/// Which changes somebody wants to hear of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Interest {
    pub(crate) tools: bool,
    pub(crate) prompts: bool,
    pub(crate) resources: bool,
    /// The resources whose contents matter.
    pub(crate) uris: HashSet<Arc<str>>,
    /// The tasks whose states matter.
    pub(crate) tasks: HashSet<Arc<str>>,
}

impl Interest {
    fn covers(&self, change: &Change) -> bool {
        match change {
            Change::Tools => self.tools,
            Change::Prompts => self.prompts,
            Change::Resources => self.resources,
            Change::Updated(uri) => self.uris.contains(uri),
            Change::Task(id) => self.tasks.contains(id),
        }
    }

    /// What it names.
    fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.uris.iter().chain(&self.tasks)
    }
}

/// More URIs than may be listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TooMuch {
    #[error("{most} resources and tasks may be subscribed to at once", most = Changes::MOST_URIS)]
    Uris,
    #[error("the URIs that are subscribed to may have {most} bytes together", most = Changes::MOST_BYTES)]
    Bytes,
    #[error(
        "the URIs and tasks that all of your subscriptions name may have {most} bytes together; end one of them",
        most = Changes::MOST_BYTES_OF_ONE
    )]
    Share,
    #[error("all subscriptions of this server together take up as much room as they may; ask again later")]
    Everybody,
}

impl From<Exceeded> for TooMuch {
    fn from(exceeded: Exceeded) -> Self {
        match exceeded {
            Exceeded::Share => Self::Share,
            Exceeded::Total => Self::Everybody,
        }
    }
}

/// Who listens, and a way to tell them all. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Changes(Arc<Inner>);

impl Default for Changes {
    fn default() -> Self {
        Self(Arc::new(Inner {
            listeners: HashMap::new(),
            next: AtomicU64::default(),
            bytes: Quota::new(Self::MOST_BYTES_OF_ALL, Self::MOST_BYTES_OF_ONE),
        }))
    }
}

struct Inner {
    listeners: HashMap<u64, Arc<Mailbox>>,
    next: AtomicU64,
    /// Of the URIs of all listeners.
    bytes: Quota,
}

#[derive(Debug, Default)]
struct Mailbox(Mutex<Mail>);

#[derive(Debug, Default)]
struct Mail {
    interest: Interest,
    /// For the bytes of the URIs in there. Without one it is closed.
    permit: Option<Permit>,
    pending: IndexSet<Change>,
    waker: Option<Waker>,
}

impl Mailbox {
    fn open(&self) -> MutexGuard<'_, Mail> {
        // Nothing panics under this lock, and mail is whole at every step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Changes {
    /// How many URIs a listener may have.
    pub(crate) const MOST_URIS: usize = 1_000;

    /// How many bytes the URIs of a listener may have together.
    pub(crate) const MOST_BYTES: usize = 128 * 1024;

    /// How many bytes the URIs of all listeners of one caller may have together.
    pub(crate) const MOST_BYTES_OF_ONE: usize = 64 * Self::MOST_BYTES;

    /// How many bytes the URIs of all listeners may have together.
    pub(crate) const MOST_BYTES_OF_ALL: usize = 1_024 * Self::MOST_BYTES;

    /// Tells everybody who is interested.
    pub(crate) fn publish(&self, change: &Change) {
        for mailbox in self.0.listeners.pin().values() {
            let mut mail = mailbox.open();
            if mail.interest.covers(change) && mail.pending.insert(change.clone()) {
                let waker = mail.waker.take();
                drop(mail);
                waker.into_iter().for_each(Waker::wake);
            }
        }
    }

    /// Listens from now on. What it names counts to this share.
    pub(crate) fn listen(&self, interest: Interest, share: &ShareKey) -> Result<Listener, TooMuch> {
        if interest.names().count() > Self::MOST_URIS {
            return Err(TooMuch::Uris);
        }
        let bytes = interest.names().map(|name| name.len()).sum();
        if bytes > Self::MOST_BYTES {
            return Err(TooMuch::Bytes);
        }
        let permit = Some(self.0.bytes.take(share, bytes)?);
        let mailbox = Arc::new(Mailbox(Mutex::new(Mail { interest, permit, ..Mail::default() })));
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        self.0.listeners.pin().insert(id, Arc::clone(&mailbox));
        Ok(Listener { changes: self.clone(), id, mailbox })
    }

    /// How many listen.
    pub(crate) fn listeners(&self) -> usize {
        self.0.listeners.pin().len()
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").field("listeners", &self.listeners()).finish_non_exhaustive()
    }
}

/// Somebody who listens, until this is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    changes: Changes,
    id: u64,
    mailbox: Arc<Mailbox>,
}

impl Listener {
    /// Takes what has changed since the last time, in the order in which it first did, as soon as anything has.
    pub(crate) fn poll_take(&self, context: &mut Context<'_>) -> Poll<IndexSet<Change>> {
        let mut mail = self.mailbox.open();
        if mail.pending.is_empty() {
            let before = mail.waker.replace(context.waker().clone());
            drop(mail);
            // Somebody else listened until now, who may have been on the point of leaving.
            before.filter(|before| !before.will_wake(context.waker())).into_iter().for_each(Waker::wake);
            return Poll::Pending;
        }
        Poll::Ready(std::mem::take(&mut mail.pending))
    }

    /// Has it hear of this, whether it has changed or not.
    pub(crate) fn note(&self, change: Change) {
        self.mailbox.open().pending.insert(change);
    }

    /// Wants to hear of one more resource.
    pub(crate) fn subscribe(&self, uri: &str) -> Result<(), TooMuch> {
        let mut mail = self.mailbox.open();
        let Mail { interest, permit, .. } = &mut *mail;
        let Some(permit) = permit.as_mut().filter(|_| !interest.uris.contains(uri)) else { return Ok(()) };
        if interest.uris.len() >= Changes::MOST_URIS {
            return Err(TooMuch::Uris);
        }
        if permit.amount() + uri.len() > Changes::MOST_BYTES {
            return Err(TooMuch::Bytes);
        }
        permit.grow(uri.len())?;
        interest.uris.insert(uri.into());
        Ok(())
    }

    /// Doesn't want to hear of a resource any more.
    pub(crate) fn unsubscribe(&self, uri: &str) {
        let mut mail = self.mailbox.open();
        if mail.interest.uris.remove(uri) {
            mail.permit.iter_mut().for_each(|permit| permit.shrink(uri.len()));
        }
        mail.pending.retain(|change| !matches!(change, Change::Updated(updated) if **updated == *uri));
    }

    /// Doesn't want to hear of anything any more, and holds nothing, whoever still holds the listener: a map without
    /// locks keeps what was removed from it for a while.
    pub(crate) fn close(&self) {
        self.changes.0.listeners.pin().remove(&self.id);
        drop(std::mem::take(&mut *self.mailbox.open()));
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(listener: &Listener) -> Vec<Change> {
        match listener.poll_take(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(changes) => changes.into_iter().collect(),
            Poll::Pending => Vec::new(),
        }
    }

    fn listen(changes: &Changes, interest: Interest) -> Result<Listener, TooMuch> {
        changes.listen(interest, &ShareKey::Principal("a".into()))
    }

    fn updated(uri: &str) -> Change {
        Change::Updated(uri.into())
    }

    #[test]
    fn a_listener_hears_what_it_asked_for_once_and_in_order() {
        let changes = Changes::default();
        let uris = HashSet::from(["a".into(), "b".into()]);
        let listener = listen(&changes, Interest { tools: true, uris, ..Interest::default() }).unwrap();
        let all = [updated("b"), Change::Prompts, updated("c"), Change::Tools, updated("b"), updated("a")];
        for change in &all {
            changes.publish(change);
        }
        assert_eq!(taken(&listener), [updated("b"), Change::Tools, updated("a")]);
        assert!(taken(&listener).is_empty());
        changes.publish(&updated("b"));
        assert_eq!(taken(&listener), [updated("b")]);
    }

    #[test]
    fn subscriptions_come_and_go_and_are_bounded() {
        let changes = Changes::default();
        let listener = listen(&changes, Interest::default()).unwrap();
        listener.subscribe("a").unwrap();
        changes.publish(&updated("a"));
        listener.unsubscribe("a");
        assert!(taken(&listener).is_empty(), "what isn't wanted any more isn't told");
        for n in 0..Changes::MOST_URIS {
            listener.subscribe(&n.to_string()).unwrap();
        }
        assert!(listener.subscribe("one more").is_err());
        assert!(listener.subscribe("0").is_ok(), "it is subscribed to already");
    }

    #[test]
    fn a_listener_that_is_dropped_is_gone() {
        let changes = Changes::default();
        let listener = listen(&changes, Interest::default()).unwrap();
        assert_eq!(changes.listeners(), 1);
        drop(listener);
        assert_eq!(changes.listeners(), 0);
    }

    #[test]
    fn tr_12_the_uris_of_a_listener_are_bounded_in_bytes_and_given_back() {
        let changes = Changes::default();
        let long = |n: usize| format!("{n:0>width$}", width = Changes::MOST_BYTES / 4);
        let listener = listen(&changes, Interest::default()).unwrap();
        (0..4).for_each(|n| listener.subscribe(&long(n)).unwrap());
        assert_eq!(listener.subscribe("e"), Err(TooMuch::Bytes));
        assert_eq!(listener.subscribe(&long(0)), Ok(()), "it is subscribed to already");
        listener.unsubscribe(&long(0));
        assert_eq!(listener.subscribe("e"), Ok(()));
        let too_long = HashSet::from(["f".repeat(Changes::MOST_BYTES + 1).into()]);
        let refused = listen(&changes, Interest { uris: too_long, ..Interest::default() });
        assert_eq!(refused.map(drop), Err(TooMuch::Bytes));

        listener.close();
        listener.close();
        assert_eq!(changes.0.bytes.held(), 0);
        listener.subscribe("g").unwrap();
        changes.publish(&updated("g"));
        assert!(taken(&listener).is_empty() && listener.mailbox.open().interest.uris.is_empty());
        drop(listener);
        assert_eq!(changes.0.bytes.held(), 0);
    }

    /// What names as much as a listener may.
    fn full() -> Interest {
        Interest { uris: HashSet::from(["f".repeat(Changes::MOST_BYTES).into()]), ..Interest::default() }
    }

    #[test]
    fn rl_2_one_caller_names_no_more_than_their_share_and_others_go_on() {
        let changes = Changes::default();
        let mut listeners: Vec<_> = (0..64).map(|_| listen(&changes, full()).unwrap()).collect();
        assert_eq!(listen(&changes, full()).map(drop), Err(TooMuch::Share));
        let bare = listen(&changes, Interest::default()).unwrap();
        assert_eq!(bare.subscribe("one more"), Err(TooMuch::Share));
        let other = changes.listen(full(), &ShareKey::Principal("b".into()));
        assert!(other.is_ok(), "others go on");
        drop(listeners.pop());
        assert_eq!(bare.subscribe("one more"), Ok(()));
    }

    #[test]
    fn tr_12_all_listeners_together_are_bounded() {
        let changes = Changes::default();
        let listen = |number: usize, interest| {
            changes.listen(interest, &ShareKey::Principal((number / 64).to_string().into()))
        };
        let listeners: Vec<_> = (0..1_024).map(|number| listen(number, full()).unwrap()).collect();
        assert_eq!(listen(1_024, full()).map(drop), Err(TooMuch::Everybody));
        assert!(listen(1_024, Interest::default()).is_ok(), "one without resources takes no room");
        drop(listeners);
        assert!(listen(1_024, full()).is_ok());
    }

    #[test]
    fn callers_who_cannot_be_told_apart_have_the_total() {
        let changes = Changes::default();
        let listeners: Vec<_> =
            (0..65).map(|_| changes.listen(full(), &ShareKey::Trusted).unwrap()).collect();
        assert_eq!(listeners.len(), 65);
    }
}
