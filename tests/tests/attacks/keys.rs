//! Which key a token is checked with, and how keys come and go.

use futures_util::{StreamExt as _, stream};
use mcp_tests::{
    issuer::{
        Place as Asked,
        key::{Key, Kind},
    },
    wire::Reply,
};

use super::{ALL, Place, refused, whoami};

#[tokio::test]
async fn rs_13_a_new_key_is_found_without_a_restart() {
    let place = Place::start().await;
    place.admits(&place.mint(), "the first key").await;
    let fetched = place.issuer.asked(Asked::Keys);
    let second = Key::new(Kind::Es256, "second");
    place.refuses(&place.mint().signed_by(&Key::new(Kind::Es256, "first")), "the first's name alone").await;
    assert_eq!(place.issuer.asked(Asked::Keys), fetched, "a key that is known is not fetched again");
    place.issuer.publish(&[place.issuer.key(), second.clone()]);
    place.admits(&place.mint().signed_by(&second), "published since").await;
    place.admits(&place.mint(), "and the first is still there").await;
    assert_eq!(place.issuer.asked(Asked::Keys), fetched + 1);
}

#[tokio::test]
async fn rs_13_a_key_that_is_withdrawn_is_gone_with_the_next_look() {
    let place = Place::start().await;
    let first = place.issuer.key();
    place.admits(&place.mint(), "the first key").await;
    let second = place.issuer.rotate(Kind::Es256, "second");
    place.admits(&place.mint().signed_by(&second), "its successor makes the server look").await;
    place.refuses(&place.mint().signed_by(&first), "withdrawn").await;
}

/// Found good a moment ago, and remembered: with its key it is forgotten.
#[tokio::test]
async fn rs_13_a_remembered_token_is_forgotten_with_its_key() {
    let place = Place::start().await;
    let (first, second) = (place.issuer.key(), Key::new(Kind::Es256, "second"));
    place.issuer.publish(&[first.clone(), second.clone()]);
    let (gone, stays) = (place.mint().token(), place.mint().signed_by(&second).token());
    for token in [&gone, &stays] {
        assert_eq!(place.whoami(token).await.status, 200);
    }
    let third = Key::new(Kind::Es256, "third");
    place.issuer.publish(&[second, third.clone()]);
    assert_eq!(place.whoami(&gone).await.status, 200, "nobody has looked since");
    place.admits(&place.mint().signed_by(&third), "a new key makes the server look").await;
    refused(&place.whoami(&gone).await, "its key is gone");
    assert_eq!(place.whoami(&stays).await.status, 200, "its key is still there");
}

#[tokio::test]
async fn rs_14_a_thousand_unknown_keys_are_two_looks_at_most() {
    let place = Place::start().await;
    place.admits(&place.mint(), "a known key").await;
    let before = place.issuer.asked(Asked::Keys);
    let stranger = Key::new(Kind::Es256, "unknown");
    let tokens: Vec<String> = (0..1_000)
        .map(|number| {
            let mint = place.mint().signed_by(&stranger).header("kid", format!("kid {number}"));
            mint.token()
        })
        .collect();
    let (at_once, in_turn) = tokens.split_at(600);
    let sent = stream::iter(at_once).map(|token| place.whoami(token)).buffer_unordered(50);
    let mut replies: Vec<Reply> = sent.collect().await;
    for token in in_turn {
        replies.push(place.whoami(token).await);
    }
    for reply in replies {
        refused(&reply, "an unknown key");
    }
    let looks = place.issuer.asked(Asked::Keys) - before;
    assert!(looks <= 2, "{looks} fetches");
    place.admits(&place.mint(), "the known key").await;
}

#[tokio::test]
async fn rs_14_a_key_is_the_one_that_is_named() {
    let place = Place::start().await;
    let (one, other) = (Key::new(Kind::Es256, "one"), Key::new(Kind::Es256, "other"));
    place.issuer.publish(&[one.clone(), other.clone()]);
    place.admits(&place.mint().signed_by(&one), "one").await;
    place.admits(&place.mint().signed_by(&other), "other").await;
    place.refuses(&place.mint().signed_by(&one).header("kid", "other"), "the other's name").await;
    for kid in [serde_json::json!(7), serde_json::json!(["one"]), serde_json::json!("")] {
        place.refuses(&place.mint().signed_by(&one).header("kid", kid), "no name").await;
    }
}

#[tokio::test]
async fn rs_14_a_token_without_a_name_has_one_key_or_none() {
    let place = Place::start().await;
    let (one, other) = (Key::new(Kind::Es256, "one"), Key::new(Kind::Es256, "other"));
    let rsa = Key::new(Kind::Rs256, "rsa");
    place.issuer.publish(&[one.clone(), other.clone(), rsa.clone()]);
    for key in [&one, &other] {
        place.refuses(&place.mint().signed_by(key).without_header("kid"), "two could be meant").await;
        place.admits(&place.mint().signed_by(key), "named").await;
    }
    place.admits(&place.mint().signed_by(&rsa).without_header("kid"), "only one can be meant").await;
}

#[tokio::test]
async fn rs_14_keys_are_fetched_once_for_all_who_wait() {
    let place = Place::start().await;
    let token = place.issuer.token(ALL);
    let sent = stream::iter(0..50).map(|_| place.whoami(&token)).buffer_unordered(50);
    let replies: Vec<Reply> = sent.collect().await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert_eq!(place.issuer.asked(Asked::Keys), 1, "also at the start");
}

#[tokio::test]
async fn rs_14_a_stranger_without_a_token_causes_no_look() {
    let place = Place::start().await;
    place.admits(&place.mint(), "the keys are known").await;
    let before = place.issuer.asked_at_all();
    for _ in 0..20 {
        assert_eq!(whoami().send(place.router()).await.status, 401);
        refused(&place.whoami("a.b.c").await, "no token");
    }
    assert_eq!(place.issuer.asked_at_all(), before);
}
