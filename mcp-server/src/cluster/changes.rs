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
}

/// Which changes somebody wants to hear of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Interest {
    pub(crate) tools: bool,
    pub(crate) prompts: bool,
    pub(crate) resources: bool,
    /// The resources whose contents matter.
    pub(crate) uris: HashSet<Arc<str>>,
}

impl Interest {
    fn covers(&self, change: &Change) -> bool {
        match change {
            Change::Tools => self.tools,
            Change::Prompts => self.prompts,
            Change::Resources => self.resources,
            Change::Updated(uri) => self.uris.contains(uri),
        }
    }
}

/// A listener has as many URIs as it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{most} resources may be subscribed to at once")]
pub(crate) struct TooManyUris {
    most: usize,
}

/// Who listens, and a way to tell them all. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Changes(Arc<Inner>);

#[derive(Default)]
struct Inner {
    listeners: HashMap<u64, Arc<Mailbox>>,
    next: AtomicU64,
}

#[derive(Debug, Default)]
struct Mailbox(Mutex<Mail>);

#[derive(Debug, Default)]
struct Mail {
    interest: Interest,
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

    /// Listens from now on.
    pub(crate) fn listen(&self, interest: Interest) -> Listener {
        let mailbox = Arc::new(Mailbox(Mutex::new(Mail { interest, ..Mail::default() })));
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        self.0.listeners.pin().insert(id, Arc::clone(&mailbox));
        Listener { changes: self.clone(), id, mailbox }
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

    /// Wants to hear of one more resource.
    pub(crate) fn subscribe(&self, uri: &str) -> Result<(), TooManyUris> {
        let mut mail = self.mailbox.open();
        if mail.interest.uris.len() >= Changes::MOST_URIS && !mail.interest.uris.contains(uri) {
            return Err(TooManyUris { most: Changes::MOST_URIS });
        }
        mail.interest.uris.insert(uri.into());
        Ok(())
    }

    /// Doesn't want to hear of a resource any more.
    pub(crate) fn unsubscribe(&self, uri: &str) {
        let mut mail = self.mailbox.open();
        mail.interest.uris.remove(uri);
        mail.pending.retain(|change| !matches!(change, Change::Updated(updated) if **updated == *uri));
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.changes.0.listeners.pin().remove(&self.id);
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

    fn updated(uri: &str) -> Change {
        Change::Updated(uri.into())
    }

    #[test]
    fn a_listener_hears_what_it_asked_for_once_and_in_order() {
        let changes = Changes::default();
        let uris = HashSet::from(["a".into(), "b".into()]);
        let listener = changes.listen(Interest { tools: true, uris, ..Interest::default() });
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
        let listener = changes.listen(Interest::default());
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
        let listener = changes.listen(Interest::default());
        assert_eq!(changes.listeners(), 1);
        drop(listener);
        assert_eq!(changes.listeners(), 0);
    }
}
