//! What runs exactly once, however often and wherever it is asked for.

use std::{fmt, sync::Arc, time::Duration};

use super::Pending;
use crate::quota::ShareKey;

/// What is to run once: a digest of everything that makes it what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(pub(crate) [u8; 32]);

/// Who may run it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Claim {
    /// Whoever gets this, and nobody else. It is to be settled or released.
    Yours,
    /// Somebody else is about it.
    Taken,
    /// Nobody: it has run, and came to this.
    Done(Arc<str>),
    /// Nobody: there is no room to remember that it ran, of all callers or of this one.
    Full,
}

/// There is no room for what it came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what runs once takes up as much room as it may; ask again later")]
pub(crate) struct TooLarge;

/// What runs exactly once.
///
/// * Of all who claim a key, one gets [`Claim::Yours`], also when they do it at once. The others get
///   [`Claim::Taken`] until it is settled or released.
/// * What was settled is [`Claim::Done`] with its value, and stays so: it is neither settled again nor released.
/// * What was released didn't happen: the next who claims it gets it.
/// * To settle or release what isn't taken changes nothing.
/// * [`settled`](Once::settled) resolves when what is taken is settled or released, for all who wait; at once for what
///   isn't taken.
/// * A claim lives for its `ttl`, also once it is settled. Then the key is as one that nobody has claimed: whoever
///   comes with it later than that has to be refused before it is claimed.
/// * Who waits for a claim that expires is let go by the next who claims anything, which may take as long as it likes.
/// * A claim that lives never goes to make room: where there is none, a claim is [`Claim::Full`].
/// * What a caller has claimed takes up room of their share. Where that is used up their claims are [`Claim::Full`], and
///   those of others go on; callers who can't be told apart have the room of all.
/// * A value that is [`TooLarge`] isn't kept, and the claim stays taken. One of up to
///   [`RESERVED`](super::RESERVED) bytes never is.
/// * Keys know nothing of each other.
pub(crate) trait Once: fmt::Debug + Send + Sync {
    /// What tells these records from those of every other store.
    fn id(&self) -> &str;

    /// Asks to be the one who runs it. The claim counts to this share.
    fn claim(&self, key: Key, share: &ShareKey, now: Duration, ttl: Duration) -> Pending<Claim>;

    /// Says that it has run, and what it came to.
    fn settle(&self, key: Key, value: Arc<str>) -> Pending<Result<(), TooLarge>>;

    /// Says that it didn't happen.
    fn release(&self, key: Key) -> Pending<()>;

    /// Waits until nobody is about it.
    fn settled(&self, key: Key) -> Pending<()>;
}
