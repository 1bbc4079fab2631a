//! What every store must do: each sentence of a trait's documentation is a test.
//!
//! A store's own tests have it run by one line, `contract::tasks::suite!(..)` or `contract::once::suite!(..)`, with a
//! function that makes a store of the given limits.

pub(super) mod once;
pub(super) mod tasks;

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread::{self, ScopedJoinHandle},
    time::Duration,
};

use tokio::runtime::Handle;

use super::Pending;

/// A test for each of these functions, which take what makes a store.
macro_rules! tests {
    ($suite:ident, $make:expr, $($sentence:ident)+) => {
        $(
            // Some wait on their own thread for what others do.
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $sentence() {
                $crate::store::contract::$suite::$sentence(&$make).await;
            }
        )+
    };
}
pub(super) use tests;

/// How many do something at once.
const THREADS: usize = 4;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What this gives to threads that do each with all of these, in order: no thread does it with the next before all have
/// come so far.
fn at_once<K: Sync, T: Send>(keys: &[K], run: impl Fn(usize, &K) -> Pending<T> + Sync) -> Vec<Vec<T>> {
    let (arrived, runtime) = (AtomicUsize::new(0), Handle::current());
    let each = |thread| {
        let meet = |(place, key)| {
            arrived.fetch_add(1, Ordering::SeqCst);
            // A thread that sleeps here would wake too late to meet the others.
            while arrived.load(Ordering::SeqCst) < THREADS * (place + 1) {
                thread::yield_now();
            }
            runtime.block_on(run(thread, key))
        };
        keys.iter().enumerate().map(meet).collect()
    };
    thread::scope(|scope| {
        let each = &each;
        let running: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || each(thread))).collect();
        running.into_iter().map(ScopedJoinHandle::join).map(Result::unwrap).collect()
    })
}
