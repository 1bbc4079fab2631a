//! Tokens that are no good are counted by where they come from.

use std::{net::SocketAddr, time::Duration};

use axum::extract::ConnectInfo;
use mcp_tests::wire::{Draft, Reply};
use serde_json::json;
use tower::ServiceExt;

use super::{
    client::challenged,
    server::House,
    tokens::{Signed, alice},
};

/// How many may fail in a row until they are told to wait.
const BURST: usize = 100;

/// How many may fail in a row until nothing is looked at.
const MOST: usize = 200;

/// After which time another one may fail.
const INTERVAL: Duration = Duration::from_millis(100);

fn call() -> Draft {
    Draft::call("read", json!({ "path": "a" }))
}

fn bad() -> Draft {
    call().header("authorization", "Bearer nobodys")
}

/// Sends a request from an address.
async fn from(house: &House, address: &str, draft: &Draft) -> Reply {
    let mut request = draft.request();
    let address = if address.contains(':') { format!("[{address}]:4711") } else { format!("{address}:4711") };
    let address: SocketAddr = address.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(address));
    Reply::read(house.router.clone().oneshot(request).await.unwrap()).await
}

/// Uses up what may fail, and what is looked at.
async fn shut(house: &House, address: &str, draft: &Draft) {
    exhaust(house, address, draft).await;
    for _ in BURST..MOST {
        refused(&from(house, address, draft).await);
    }
}

/// Uses up what may fail.
async fn exhaust(house: &House, address: &str, draft: &Draft) {
    for _ in 0..BURST {
        challenged(&from(house, address, draft).await, 401, Some("invalid_token"), "files:read");
    }
}

#[track_caller]
fn refused(reply: &Reply) {
    assert_eq!(reply.status, 429, "{reply:?}");
    let wait: u64 = reply.header("retry-after").parse().unwrap();
    assert!((1..=20).contains(&wait), "{reply:?}");
    assert_eq!(reply.header("www-authenticate"), "");
}

const HERE: &str = "203.0.113.7";
const THERE: &str = "203.0.113.8";

#[tokio::test]
async fn rl_1_an_honoured_wait_is_enough() {
    let house = House::new();
    exhaust(&house, HERE, &bad()).await;
    house.hand.advance(INTERVAL / 2);
    let reply = from(&house, HERE, &bad()).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, "1"), "never 0: {reply:?}");
    house.hand.advance(Duration::from_secs(1));
    challenged(&from(&house, HERE, &bad()).await, 401, Some("invalid_token"), "files:read");
    shut(&house, THERE, &bad()).await;
    let reply = from(&house, THERE, &bad()).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, "1"));
    house.hand.advance(Duration::from_secs(1));
    assert_eq!(from(&house, THERE, &call().with(&alice("files:read"))).await.text(), "done");
}

/// Beyond the first limit a good token passes, beside any number of bad ones.
#[tokio::test]
async fn rl_7_whoever_shares_an_address_goes_on() {
    let house = House::new();
    exhaust(&house, HERE, &bad()).await;
    for serial in 0..2 * MOST {
        let token = alice("files:read").serial(serial);
        assert_eq!(from(&house, HERE, &call().with(&token)).await.text(), "done");
    }
    refused(&from(&house, HERE, &bad()).await);
}

#[tokio::test]
async fn rl_7_the_last_limit_stands_before_the_check() {
    let house = House::new();
    shut(&house, HERE, &bad()).await;
    let token = alice("files:read");
    refused(&from(&house, HERE, &call().with(&token)).await);
    assert_eq!(house.reader.asked(&token), 0, "nobody has looked at it");
    refused(&from(&house, HERE, &call().header("authorization", "Bearer no token")).await);
    refused(&from(&house, HERE, &call().header("authorization", "Bearer a.b.c")).await);
}

#[tokio::test]
async fn rl_7_good_tokens_and_other_addresses_are_not_counted() {
    let house = House::new();
    let known = alice("files:read");
    for serial in 0..100 {
        let token = known.clone().serial(serial);
        assert_eq!(from(&house, HERE, &call().with(&token)).await.text(), "done");
    }
    shut(&house, HERE, &bad()).await;
    for _ in 0..BURST {
        assert_eq!(from(&house, HERE, &call().with(&known)).await.text(), "done", "it is known");
        refused(&from(&house, HERE, &bad()).await);
    }
    let new = alice("files:read").serial(1_000);
    assert_eq!(from(&house, THERE, &call().with(&new)).await.text(), "done");
    assert_eq!(from(&house, HERE, &call().with(&new)).await.text(), "done", "known by now");
}

/// Who has no token, or one with other scopes, hasn't tried anything out.
#[tokio::test]
async fn rl_7_what_is_no_attempt_is_not_counted() {
    let house = House::new();
    for _ in 0..3 * BURST {
        challenged(&from(&house, HERE, &call()).await, 401, None, "files:read");
        assert_eq!(from(&house, HERE, &call().with(&alice(""))).await.status, 403);
        assert_eq!(from(&house, HERE, &call().header("authorization", "Basic YTpi")).await.status, 401);
    }
    exhaust(&house, HERE, &bad()).await;
}

#[tokio::test]
async fn rl_7_every_kind_of_bad_token_counts_at_every_way_in() {
    let house = House::public();
    let not_a_token = call().header("authorization", "Bearer no token");
    exhaust(&house, "203.0.113.1", &not_a_token).await;
    refused(&from(&house, "203.0.113.1", &bad()).await);
    let expired = call().with(&alice("files:read").seconds(0));
    exhaust(&house, "203.0.113.2", &expired).await;
    refused(&from(&house, "203.0.113.2", &bad()).await);
    let line = super::client::get("/sse").header("authorization", "Bearer nobodys");
    exhaust(&house, "203.0.113.3", &line).await;
    refused(&from(&house, "203.0.113.3", &line).await);
    let stream = Draft::listen("unknown").header("authorization", "Bearer nobodys");
    exhaust(&house, "203.0.113.4", &stream).await;
    refused(&from(&house, "203.0.113.4", &stream).await);
}

/// While an issuer is down, nobody knows which tokens are bad: many of them wait, and none is taken for a bad one.
#[tokio::test]
async fn rl_7_a_flood_while_an_issuer_is_down_is_told_to_wait() {
    let house = House::new();
    house.reader.down(true);
    let new = call().with(&alice("files:read").seconds(1_000));
    for _ in 0..MOST {
        assert_eq!(from(&house, HERE, &new).await.status, 503);
    }
    refused(&from(&house, HERE, &new).await);
    assert_eq!(from(&house, THERE, &new).await.status, 503, "others are not limited");
    house.reader.down(false);
    house.hand.advance(Duration::from_secs(1));
    assert_eq!(from(&house, HERE, &new).await.text(), "done", "an honoured wait is enough");
    challenged(&from(&house, HERE, &bad()).await, 401, Some("invalid_token"), "files:read");
}

/// Networks that have failed as often as a site may: 8 of its networks, or each of many a little.
#[tokio::test]
async fn rl_2_a_site_of_many_networks_has_a_limit() {
    let house = House::new();
    for number in 0..8 * BURST {
        let address = format!("2001:db8:7:{number:x}::1");
        assert_eq!(from(&house, &address, &bad()).await.status, 401);
    }
    refused(&from(&house, "2001:db8:7:ffff::1", &bad()).await);
    let good = call().with(&alice("files:read"));
    assert_eq!(from(&house, "2001:db8:7:fffe::1", &good).await.text(), "done", "it shares the site");
    assert_eq!(from(&house, "2001:db8:8::1", &bad()).await.status, 401, "another site");
}

#[tokio::test]
async fn rl_2_what_a_stranger_says_of_their_address_counts_for_nothing() {
    for house in [House::new(), House::with(|server| server.trusted_proxy("10.0.0.0/8"))] {
        let said = |number: usize| {
            let address = format!("198.51.100.{number}");
            let forwarded = format!("for={address}");
            bad()
                .header("x-forwarded-for", &address)
                .header("x-real-ip", &address)
                .header("forwarded", &forwarded)
        };
        for number in 0..BURST {
            assert_eq!(from(&house, HERE, &said(number)).await.status, 401);
        }
        refused(&from(&house, HERE, &said(BURST)).await);
    }
}

#[tokio::test]
async fn rl_2_behind_a_proxy_it_is_the_last_one_that_is_not_ours() {
    let house = House::with(|server| server.trusted_proxy("10.0.0.0/8"));
    let by = |chain: &str| bad().header("x-forwarded-for", chain);
    for number in 0..BURST {
        let chain = format!("198.51.100.{number}, {HERE}");
        assert_eq!(from(&house, "10.0.0.1", &by(&chain)).await.status, 401);
    }
    refused(&from(&house, "10.0.0.2", &by(&format!("{HERE}, 10.9.9.9"))).await);
    refused(&from(&house, HERE, &bad()).await);
    assert_eq!(from(&house, "10.0.0.1", &by(THERE)).await.status, 401, "others of the proxy go on");
}

#[tokio::test]
async fn rl_2_a_network_of_ipv6_is_one_address() {
    let house = House::new();
    for number in 0..BURST {
        assert_eq!(from(&house, &format!("2001:db8::{number:x}:1"), &bad()).await.status, 401);
    }
    refused(&from(&house, "2001:db8::ffff:1", &bad()).await);
    assert_eq!(from(&house, "2001:db8:0:1::1", &bad()).await.status, 401);
}
