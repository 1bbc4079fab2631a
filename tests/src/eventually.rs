//! Waiting for what can only be asked for again and again.

use std::{
    thread,
    time::{Duration, Instant},
};

const PAUSE: Duration = Duration::from_millis(5);

/// Asks until there is an answer, for at most that long.
pub fn within<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        let late = Instant::now() >= deadline;
        match ask() {
            None if !late => thread::sleep(PAUSE),
            answer => return answer,
        }
    }
}

/// Asks on the runtime until it is so.
///
/// # Panics
///
/// When it isn't in `limit`.
pub async fn eventually(limit: Duration, what: &str, mut ask: impl AsyncFnMut() -> bool) {
    let asking = async {
        while !ask().await {
            tokio::time::sleep(PAUSE).await;
        }
    };
    assert!(tokio::time::timeout(limit, asking).await.is_ok(), "not in {limit:?}: {what}");
}

/// Waits until nothing is left that could go on by itself. The time must be paused, which this checks: paused time goes on
/// when everything waits for it, so this takes no time, and is never too short.
///
/// # Panics
///
/// When the time isn't paused.
pub async fn quiet() {
    tokio::time::advance(Duration::ZERO).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
}
