//! What every store of claims must do: each sentence of [`Once`]'s documentation is a test.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt, future::join_all};

use super::{at_once, seconds};
use crate::{
    quota::{Amount, ShareKey},
    store::{Claim, Key, Once, OnceLimits, RESERVED, TooLarge},
};

/// Has a store of claims run these tests. `$make` makes one, given its limits.
macro_rules! suite {
    ($make:expr) => {
        $crate::store::contract::tests! { once, $make,
            of_many_who_claim_at_once_one_gets_it
            of_many_who_claim_and_wait_one_runs_until_it_happens
            what_was_settled_is_done_and_stays_so
            what_was_released_did_not_happen
            what_is_not_taken_is_neither_settled_nor_released
            all_who_wait_learn_that_it_is_settled_or_released
            nobody_waits_for_what_is_not_taken
            a_claim_lives_for_its_time
            whoever_waits_for_what_expires_is_let_go_by_the_next_claim
            a_claim_that_lives_never_makes_room
            a_caller_who_has_used_up_a_share_is_refused_and_others_go_on
            a_value_without_room_is_not_kept_and_a_small_one_always_is
            keys_know_nothing_of_each_other
        }
    };
}
pub(crate) use suite;

/// Makes a store of so many claims.
pub(crate) type Make<'m> = &'m dyn Fn(OnceLimits) -> Arc<dyn Once>;

/// A store of which one caller may have everything.
fn one(make: Make<'_>, total: Amount) -> Arc<dyn Once> {
    make(OnceLimits { each: total, total })
}

fn share(name: &str) -> ShareKey {
    ShareKey::Principal(name.into())
}

/// A store of as many claims as a test needs.
fn roomy(make: Make<'_>) -> Arc<dyn Once> {
    one(make, Amount { entries: 10_000, bytes: 10_000 * RESERVED })
}

fn key(number: u8) -> Key {
    Key([number; 32])
}

/// Ada claims at second 100, for a minute.
async fn claim(once: &dyn Once, number: u8) -> Claim {
    claim_of(once, "ada", number).await
}

async fn claim_of(once: &dyn Once, name: &str, number: u8) -> Claim {
    once.claim(key(number), &share(name), seconds(100), seconds(60)).await
}

fn done(value: &str) -> Claim {
    Claim::Done(value.into())
}

pub(crate) async fn of_many_who_claim_at_once_one_gets_it(make: Make<'_>) {
    let key = |number: u16| Key([number.to_be_bytes(); 16].concat().try_into().unwrap());
    let (once, keys) = (roomy(make), (0..2_000).map(key).collect::<Vec<_>>());
    let claim = |_, key: &Key| once.claim(*key, &share("ada"), seconds(100), seconds(60));
    let claims = at_once(&keys, claim);
    for (place, key) in keys.iter().enumerate() {
        let (yours, others): (Vec<_>, Vec<_>) =
            claims.iter().map(|claims| &claims[place]).partition(|claim| **claim == Claim::Yours);
        assert_eq!(yours.len(), 1);
        assert!(others.iter().all(|claim| **claim == Claim::Taken));
        assert_eq!(once.claim(*key, &share("ada"), seconds(110), seconds(60)).await, Claim::Taken);
    }
}

pub(crate) async fn of_many_who_claim_and_wait_one_runs_until_it_happens(make: Make<'_>) {
    let (once, runs) = (roomy(make), Arc::new(AtomicUsize::new(0)));
    let tasks = (0..50).map(|_| {
        let (once, runs) = (Arc::clone(&once), Arc::clone(&runs));
        tokio::spawn(async move {
            loop {
                match claim(&*once, 1).await {
                    Claim::Done(value) => break value,
                    Claim::Taken => once.settled(key(1)).await,
                    Claim::Full => unreachable!("there is room"),
                    Claim::Yours if runs.fetch_add(1, Ordering::SeqCst) < 20 => once.release(key(1)).await,
                    Claim::Yours => once.settle(key(1), "ran".into()).await.unwrap(),
                }
            }
        })
    });
    for value in join_all(tasks).await {
        assert_eq!(&*value.unwrap(), "ran");
    }
    assert_eq!(runs.load(Ordering::SeqCst), 21, "20 times it didn't happen, then it did");
}

pub(crate) async fn what_was_settled_is_done_and_stays_so(make: Make<'_>) {
    let once = roomy(make);
    assert_eq!(claim(&*once, 1).await, Claim::Yours);
    assert_eq!(claim(&*once, 1).await, Claim::Taken);
    once.settle(key(1), "first".into()).await.unwrap();
    assert_eq!(claim(&*once, 1).await, done("first"));
    once.settle(key(1), "second".into()).await.unwrap();
    assert_eq!(claim(&*once, 1).await, done("first"));
    once.release(key(1)).await;
    assert_eq!(claim(&*once, 1).await, done("first"));
}

pub(crate) async fn what_was_released_did_not_happen(make: Make<'_>) {
    let once = roomy(make);
    assert_eq!(claim(&*once, 1).await, Claim::Yours);
    once.release(key(1)).await;
    assert_eq!(claim(&*once, 1).await, Claim::Yours);
    assert_eq!(claim(&*once, 1).await, Claim::Taken);
}

pub(crate) async fn what_is_not_taken_is_neither_settled_nor_released(make: Make<'_>) {
    let once = roomy(make);
    once.settle(key(1), "early".into()).await.unwrap();
    once.release(key(1)).await;
    assert_eq!(claim(&*once, 1).await, Claim::Yours);
    once.release(key(1)).await;
    once.settle(key(1), "late".into()).await.unwrap();
    assert_eq!(claim(&*once, 1).await, Claim::Yours);
}

pub(crate) async fn all_who_wait_learn_that_it_is_settled_or_released(make: Make<'_>) {
    let once = roomy(make);
    for settles in [false, true] {
        assert_eq!(claim(&*once, 1).await, Claim::Yours);
        let mut waiting = [once.settled(key(1)), once.settled(key(1))];
        assert!((&mut waiting[0]).now_or_never().is_none());
        // The second hasn't been asked yet: it learns of it all the same.
        if settles {
            once.settle(key(1), "x".into()).await.unwrap();
        } else {
            once.release(key(1)).await;
        }
        for waiting in waiting {
            waiting.await;
        }
    }
}

pub(crate) async fn nobody_waits_for_what_is_not_taken(make: Make<'_>) {
    let once = roomy(make);
    once.settled(key(1)).await;
    assert_eq!(claim(&*once, 1).await, Claim::Yours);
    once.settle(key(1), "x".into()).await.unwrap();
    once.settled(key(1)).await;
}

pub(crate) async fn a_claim_lives_for_its_time(make: Make<'_>) {
    let once = roomy(make);
    let at = |number, now| once.claim(key(number), &share("ada"), now, seconds(60));
    assert_eq!(claim(&*once, 1).await, Claim::Yours);
    assert_eq!(claim(&*once, 2).await, Claim::Yours);
    once.settle(key(2), "x".into()).await.unwrap();
    let last = Duration::from_millis(159_999);
    assert_eq!([at(1, last).await, at(2, last).await], [Claim::Taken, done("x")]);
    assert_eq!([at(1, seconds(160)).await, at(2, seconds(160)).await], [Claim::Yours, Claim::Yours]);
    assert_eq!(once.claim(key(3), &share("ada"), seconds(100), Duration::MAX).await, Claim::Yours);
    assert_eq!(at(3, seconds(1_000_000)).await, Claim::Taken);
}

pub(crate) async fn whoever_waits_for_what_expires_is_let_go_by_the_next_claim(make: Make<'_>) {
    let once = roomy(make);
    assert_eq!(claim(&*once, 1).await, Claim::Yours);
    let mut waiting = once.settled(key(1));
    once.claim(key(2), &share("ada"), seconds(159), seconds(60)).await;
    assert!((&mut waiting).now_or_never().is_none());
    once.claim(key(3), &share("ada"), seconds(160), seconds(60)).await;
    waiting.await;
}

pub(crate) async fn a_claim_that_lives_never_makes_room(make: Make<'_>) {
    let once = one(make, Amount { entries: 2, bytes: 100 * RESERVED });
    assert_eq!(claim(&*once, 1).await, Claim::Yours);
    assert_eq!(claim(&*once, 2).await, Claim::Yours);
    once.settle(key(2), "x".into()).await.unwrap();
    assert_eq!(claim(&*once, 3).await, Claim::Full);
    assert_eq!(claim(&*once, 1).await, Claim::Taken);
    assert_eq!(claim(&*once, 2).await, done("x"));
    once.release(key(1)).await;
    assert_eq!(claim(&*once, 3).await, Claim::Yours, "one that is released makes room");
    let later = once.claim(key(4), &share("ada"), seconds(160), seconds(60)).await;
    assert_eq!(later, Claim::Yours, "and so does one that has expired");
}

pub(crate) async fn a_caller_who_has_used_up_a_share_is_refused_and_others_go_on(make: Make<'_>) {
    let (each, total) =
        (Amount { entries: 2, bytes: 6 * RESERVED }, Amount { entries: 4, bytes: 12 * RESERVED });
    let once = make(OnceLimits { each, total });
    let claims = [1, 2, 3].map(|number| claim_of(&*once, "ada", number));
    assert_eq!(join_all(claims).await, [Claim::Yours, Claim::Yours, Claim::Full]);
    assert_eq!(claim_of(&*once, "bob", 3).await, Claim::Yours);
    // By size too.
    once.settle(key(1), "x".repeat(5 * RESERVED).into()).await.unwrap();
    assert_eq!(once.settle(key(2), "x".repeat(RESERVED + 1).into()).await, Err(TooLarge));
    once.settle(key(3), "x".repeat(5 * RESERVED).into()).await.unwrap();
    once.release(key(2)).await;
    assert_eq!(claim_of(&*once, "ada", 4).await, Claim::Yours, "what is released is given back");
    let once = make(OnceLimits { each, total });
    for number in 0..4 {
        let claimed = once.claim(key(number), &ShareKey::Trusted, seconds(100), seconds(60)).await;
        assert_eq!(claimed, Claim::Yours, "callers who can't be told apart have the room of all");
    }
    assert_eq!(claim_of(&*once, "ada", 4).await, Claim::Full, "there is no room of all");
}

pub(crate) async fn a_value_without_room_is_not_kept_and_a_small_one_always_is(make: Make<'_>) {
    let once = one(make, Amount { entries: 100, bytes: 4 * RESERVED });
    let value = |bytes| Arc::<str>::from("x".repeat(bytes));
    for number in 1..=3 {
        assert_eq!(claim(&*once, number).await, Claim::Yours);
    }
    let large = value(2 * RESERVED);
    assert_eq!(once.settle(key(1), value(2 * RESERVED + 1)).await, Err(TooLarge));
    assert_eq!(claim(&*once, 1).await, Claim::Taken, "it ran, so nobody else may");
    assert!(once.settled(key(1)).now_or_never().is_none());
    once.settle(key(1), Arc::clone(&large)).await.unwrap();
    assert_eq!(claim(&*once, 1).await, Claim::Done(large));
    assert_eq!(claim(&*once, 4).await, Claim::Full, "values take up room");
    for number in 2..=3 {
        once.settle(key(number), value(RESERVED)).await.unwrap();
    }
}

pub(crate) async fn keys_know_nothing_of_each_other(make: Make<'_>) {
    let once = roomy(make);
    for number in 1..=3 {
        assert_eq!(claim(&*once, number).await, Claim::Yours);
    }
    let mut waiting = once.settled(key(3));
    once.settle(key(1), "x".into()).await.unwrap();
    once.release(key(2)).await;
    assert!((&mut waiting).now_or_never().is_none());
    assert_eq!(claim(&*once, 3).await, Claim::Taken);
}
