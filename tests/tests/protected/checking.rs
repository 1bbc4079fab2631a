//! How often tokens are checked, and what is said while they can't be.

use std::time::Duration;

use mcp_tests::wire::{Draft, Reply};
use serde_json::json;

use super::{
    client::{challenged, get},
    server::House,
    tokens::{Signed, Token, alice, bob},
};

const MINUTE: Duration = Duration::from_mins(1);
const ALMOST_A_MINUTE: Duration = Duration::from_millis(59_999);

fn whoami() -> Draft {
    Draft::call("whoami", json!({}))
}

async fn send(house: &House, token: &Token) -> Reply {
    whoami().with(token).send(&house.router).await
}

#[tokio::test]
async fn a_token_is_checked_once_and_again_after_its_time() {
    let house = House::new();
    let (one, other) = (alice("").seconds(10_000), bob("").seconds(10_000));
    for round in 1..4 {
        for _ in 0..5 {
            assert!(send(&house, &one).await.text().contains("alice"));
            assert!(send(&house, &other).await.text().contains("bob"));
            assert_eq!((house.reader.asked(&one), house.reader.asked(&other)), (round, round));
        }
        house.hand.advance(4 * MINUTE + ALMOST_A_MINUTE);
        _ = send(&house, &one).await.result();
        assert_eq!(house.reader.asked(&one), round, "for five minutes");
        house.hand.advance(Duration::from_millis(1));
    }
}

/// Each way in asks the same cache.
#[tokio::test]
async fn a_token_that_was_checked_is_known_at_every_way_in() {
    let house = House::new();
    let token = alice("");
    assert_eq!(Draft::initialize("2025-11-25").with(&token).send(&house.router).await.status, 200);
    assert_eq!(get("/sse").with(&token).open(&house.router).await.status, 200);
    assert_eq!(get("/mcp").with(&token).open(&house.router).await.status, 200);
    _ = send(&house, &token).await.result();
    assert_eq!(house.reader.asked(&token), 1);
}

/// Never longer than it is good, to the millisecond.
#[tokio::test]
async fn rs_6_a_cached_token_ends_in_time() {
    let house = House::new();
    let token = alice("").seconds(60);
    _ = send(&house, &token).await.result();
    house.hand.advance(ALMOST_A_MINUTE);
    _ = send(&house, &token).await.result();
    house.hand.advance(Duration::from_millis(1));
    challenged(&send(&house, &token).await, 401, Some("invalid_token"), "files:read");
    _ = send(&house, &token.seconds(61)).await.result();
}

#[tokio::test]
async fn the_program_says_how_long_a_token_is_believed() {
    let cached = |house: House, time| async move {
        let token = alice("");
        _ = send(&house, &token).await.result();
        house.hand.advance(time);
        _ = send(&house, &token).await.result();
        house.reader.asked(&token)
    };
    let house = |entries, time| House::taking(|auth| auth.token_cache(entries, time));
    let second = Duration::from_secs(1);
    assert_eq!(cached(house(100, second), second / 2).await, 1);
    assert_eq!(cached(house(100, second), second).await, 2);
    assert_eq!(cached(house(0, second), Duration::ZERO).await, 2, "without room none is");
}

/// What is refused isn't remembered: a token may become good.
#[tokio::test]
async fn a_bad_token_is_looked_at_each_time() {
    let house = House::new();
    let token = alice("").seconds(0);
    for count in 1..4 {
        assert_eq!(send(&house, &token).await.status, 401);
        assert_eq!(house.reader.asked(&token), count);
    }
}

fn unavailable(reply: &Reply) {
    assert_eq!((reply.status, reply.header("retry-after")), (503, "7"), "{reply:?}");
    assert_eq!(reply.header("www-authenticate"), "", "a client would throw its token away");
    let message = reply.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("can't be checked"), "{message}");
}

#[tokio::test]
async fn rs_15_who_cannot_be_checked_is_told_to_come_back() {
    let house = House::public();
    let (known, new) = (alice("").seconds(10_000), bob("").seconds(10_000));
    _ = send(&house, &known).await.result();
    house.reader.down(true);
    for _ in 0..30 {
        unavailable(&send(&house, &new).await);
    }
    unavailable(&get("/sse").with(&new).send(&house.router).await);
    unavailable(&Draft::listen("unknown").with(&new).send(&house.router).await);
    unavailable(&Draft::call("time", json!({})).with(&new).send(&house.router).await);
    _ = send(&house, &known).await.result();
    assert_eq!(house.reader.asked(&known), 1, "a token that was checked passes meanwhile");
    challenged(&whoami().send(&house.router).await, 401, None, "files:read");
    house.hand.advance(5 * MINUTE);
    unavailable(&send(&house, &known).await);
    house.reader.down(false);
    _ = send(&house, &new).await.result();
    _ = send(&house, &known).await.result();
}
