//! How long an issuer's keys are believed, and how often it is asked for them.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    super::{AccessToken, Rejected, attempts::SourceStanding},
    KEYS, METADATA, Signer, World,
    answers::{Answer, answer, json as says},
    changed,
};

const MINUTE: Duration = Duration::from_mins(1);
const INSTANT: Duration = Duration::from_millis(1);

/// A token that names a key which the issuer hasn't.
fn with_key(world: &World, id: &str) -> String {
    world.headed(json!({ "kid": id }))
}

fn keys_of(signers: &[&Signer], cache: &str) -> Answer {
    let keys: Vec<Value> = signers.iter().map(|signer| signer.jwk()).collect();
    answer(200, cache, json!({ "keys": keys }).to_string())
}

#[tokio::test]
async fn rs_13_keys_are_fetched_once_and_again_when_they_are_old() {
    for (cache, fresh) in [
        ("", 10 * MINUTE),
        ("public", 10 * MINUTE),
        ("max-age=soon", 10 * MINUTE),
        ("public, Max-Age=1800, must-revalidate", 30 * MINUTE),
        ("max-age=5", MINUTE),
        ("no-store", MINUTE),
        ("no-cache, max-age=1800", MINUTE),
        ("max-age=99999999", 24 * 60 * MINUTE),
    ] {
        let world = World::new();
        world.answers.says(KEYS, keys_of(&[&world.signer], cache));
        world.takes(&world.token(json!({}))).await;
        world.hand.advance(fresh.saturating_sub(INSTANT));
        world.takes(&world.token(json!({}))).await;
        assert_eq!(world.answers.count(KEYS), 1, "{cache}");
        world.hand.advance(INSTANT);
        world.takes(&world.token(json!({}))).await;
        assert_eq!(world.answers.count(KEYS), 2, "{cache}");
    }
}

#[tokio::test]
async fn rs_13_a_token_is_remembered_as_long_as_its_key_is_published() {
    let (world, two, none) = (World::new(), Signer::p256("two"), Signer::ed25519("three"));
    let nameless = {
        let mut jwk = none.jwk();
        jwk.as_object_mut().unwrap().remove("kid");
        jwk
    };
    let by = async |signer: &Signer, header: Value| {
        let token = signer.token(header, world.claims(json!({})));
        let verified = world.tokens.verify(&AccessToken::new(&token), SourceStanding::Good).await;
        verified.unwrap().1.unwrap()
    };
    let publish = |keys: &[Value]| world.answers.publish_keys(keys);
    publish(&[world.signer.jwk(), two.jwk(), nameless.clone()]);
    let keys = [
        by(&world.signer, json!({})).await,
        by(&two, json!({})).await,
        by(&none, json!({ "kid": null })).await,
    ];
    let gone = || keys.each_ref().map(|key| key.is_withdrawn());
    let fetch = async || {
        world.hand.advance(10 * MINUTE);
        let _ = world.verify(&world.token(json!({}))).await;
    };
    publish(&[nameless.clone(), two.jwk(), world.signer.jwk()]);
    fetch().await;
    assert_eq!(gone(), [false; 3], "in another order");
    publish(&[world.signer.jwk(), Signer::p256("two").jwk(), nameless]);
    fetch().await;
    assert_eq!(gone(), [false, true, false], "another key under the same name");
    world.answers.says(KEYS, answer(503, "", ""));
    fetch().await;
    assert_eq!(gone(), [false, true, false], "an issuer that is down has withdrawn nothing");
    publish(&[two.jwk()]);
    world.hand.advance(2 * 60 * MINUTE);
    fetch().await;
    assert_eq!(gone(), [true; 3]);
    let cache = super::super::cache::Cache::new(10).unwrap();
    let [one, ..] = keys;
    let somebody = crate::call::somebody("i", "s", "c");
    cache.insert("withdrawn", (somebody.clone(), Some(one)), MINUTE);
    cache.insert("asked about", (somebody, None), MINUTE);
    assert!(cache.get("withdrawn", Duration::ZERO).is_none());
    assert!(cache.get("asked about", Duration::ZERO).is_some());
}

/// What can be refused without the issuer's keys is refused while they are out of reach, and asks nobody.
#[tokio::test]
async fn rl_7_a_bad_token_is_bad_while_its_issuer_is_down() {
    let world = World::new();
    world.answers.says(METADATA, answer(503, "", ""));
    for (bad, reason) in [
        (json!({ "aud": "https://other.example" }), "somebody else"),
        (json!({ "exp": 1 }), "expired"),
        (json!({ "sub": null }), "no `sub`"),
    ] {
        world.refuses(&world.token(bad), reason).await;
    }
    world.refuses(&world.headed(json!({ "alg": "none" })), "`alg`").await;
    assert_eq!(world.answers.count(METADATA), 0);
    world.cannot_tell(&world.token(json!({}))).await;
}

#[tokio::test]
async fn rs_13_a_new_key_is_taken_at_once_and_an_old_one_no_longer() {
    let (world, new) = (World::new(), Signer::p256("two"));
    world.takes(&world.token(json!({}))).await;
    world.answers.publish(&[&world.signer, &new]);
    world.takes(&new.token(json!({}), world.claims(json!({})))).await;
    world.takes(&world.token(json!({}))).await;
    world.answers.publish(&[&new]);
    world.takes(&world.token(json!({}))).await;
    world.hand.advance(10 * MINUTE);
    world.refuses(&world.token(json!({})), "no key of its `kid`").await;
    world.takes(&new.token(json!({}), world.claims(json!({})))).await;
}

#[tokio::test]
async fn rs_13_a_key_set_is_bounded() {
    let world = World::new();
    let keys = |count: usize| {
        let others = (1..count).map(|n| changed(world.signer.jwk(), json!({ "kid": format!("other {n}") })));
        others.chain([world.signer.jwk()]).collect::<Vec<_>>()
    };
    world.answers.publish_keys(&keys(101));
    world.cannot_tell(&world.token(json!({}))).await;
    world.answers.publish_keys(&keys(100));
    world.hand.advance(MINUTE);
    world.takes(&world.token(json!({}))).await;
    let set = json!({ "keys": [world.signer.jwk()] }).to_string();
    for (length, is_read) in [(64 * 1024, true), (64 * 1024 + 1, false)] {
        let world = World::new();
        world.answers.says(KEYS, answer(200, "", set.clone() + &" ".repeat(length - set.len())));
        let read = world.verify(&with_key(&world, "strange")).await;
        assert_eq!(matches!(read, Err(Rejected::Invalid(_))), is_read);
    }
}

#[tokio::test]
async fn rs_13_what_is_not_a_key_set_is_not_believed() {
    let world = World::new();
    let set = json!({ "keys": [world.signer.jwk()] }).to_string();
    for bad in [
        answer(302, "", set.clone()),
        answer(404, "", set.clone()),
        answer(500, "", set.clone()),
        answer(200, "", ""),
        answer(200, "", "<html>"),
        answer(200, "", "[]"),
        answer(200, "", "{}"),
        answer(200, "", r#"{"keys":{}}"#),
        answer(200, "", set.replacen('{', r#"{"keys":[],"#, 1)),
    ] {
        let world = World::new();
        world.answers.says(KEYS, bad);
        assert_eq!(world.cannot_tell(&world.token(json!({}))).await, Duration::from_secs(10));
    }
    world.answers.publish_keys(&[json!(7), json!({}), json!({ "kty": "RSA" }), world.signer.jwk()]);
    world.takes(&world.token(json!({}))).await;
}

#[tokio::test]
async fn rs_10_an_rsa_key_that_is_too_small_is_no_key() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    let rsa = Signer::rsa("r", "RS256");
    for (bits, is_key) in [(1024, false), (2047, false), (2048, true), (8192, true), (8193, false)] {
        let world = World::new();
        // A leading zero adds no bit.
        let mut modulus = vec![0; 1 + usize::div_ceil(bits, 8)];
        modulus[1] = 1 << ((bits - 1) % 8);
        let jwk = changed(rsa.jwk(), json!({ "n": URL_SAFE_NO_PAD.encode(&modulus) }));
        world.answers.publish_keys(&[jwk]);
        let reason = if is_key { "signature" } else { "no key of its `kid`" };
        world.refuses(&rsa.token(json!({}), world.claims(json!({}))), reason).await;
    }
}

#[tokio::test]
async fn rs_14_a_token_without_a_key_id_is_taken_when_one_key_fits() {
    let (world, second, rsa) = (World::new(), Signer::p256("two"), Signer::rsa("r", "RS256"));
    let token = world.headed(json!({ "kid": null }));
    world.answers.publish(&[&world.signer, &rsa]);
    world.takes(&token).await;
    world.answers.publish(&[&world.signer, &second, &rsa]);
    world.hand.advance(10 * MINUTE);
    let token = world.headed(json!({ "kid": null }));
    world.refuses(&token, "several keys").await;
    world.takes(&world.token(json!({}))).await;
    world.answers.publish(&[&rsa]);
    world.hand.advance(10 * MINUTE);
    world.refuses(&world.headed(json!({ "kid": null })), "fits").await;
}

#[tokio::test]
async fn rs_14_a_key_id_is_never_overlooked() {
    let world = World::new();
    world.refuses(&with_key(&world, "other"), "no key of its `kid`").await;
    world.refuses(&with_key(&world, ""), "no key of its `kid`").await;
    world.refuses(&world.headed(json!({ "kid": 1 })), "`kid` is not a string").await;
    world.answers.publish_keys(&[changed(world.signer.jwk(), json!({ "kid": null }))]);
    world.hand.advance(10 * MINUTE);
    world.refuses(&world.token(json!({})), "no key of its `kid`").await;
    world.takes(&world.headed(json!({ "kid": null }))).await;
}

#[tokio::test]
async fn rs_14_a_thousand_unknown_keys_are_asked_for_twice_at_most() {
    let world = World::new();
    let tokens: Vec<String> = (0..1_000).map(|n| with_key(&world, &format!("random {n}"))).collect();
    join_all(tokens.iter().map(|token| world.refuses(token, "no key of its `kid`"))).await;
    for token in &tokens {
        world.refuses(token, "no key of its `kid`").await;
    }
    assert_eq!(world.answers.count(KEYS), 2);
    world.takes(&world.token(json!({}))).await;
}

#[tokio::test]
async fn rs_14_an_unknown_key_is_asked_for_every_thirty_seconds() {
    let (world, new) = (World::new(), Signer::p256("two"));
    world.refuses(&with_key(&world, "other"), "no key").await;
    world.answers.publish(&[&world.signer, &new]);
    let token = new.token(json!({}), world.claims(json!({})));
    world.hand.advance(Duration::from_millis(29_999));
    world.refuses(&token, "no key").await;
    assert_eq!(world.answers.count(KEYS), 2);
    world.hand.advance(Duration::from_millis(1));
    world.takes(&token).await;
    assert_eq!(world.answers.count(KEYS), 3);
}

#[tokio::test]
async fn rs_15_whether_a_key_is_new_cannot_be_told_when_nobody_answers() {
    let (world, new) = (World::new(), Signer::p256("two"));
    world.takes(&world.token(json!({}))).await;
    world.answers.says(KEYS, Answer::Fails);
    let token = new.token(json!({}), world.claims(json!({})));
    assert_eq!(world.cannot_tell(&token).await, Duration::from_secs(10));
    world.hand.advance(Duration::from_secs(4));
    assert_eq!(world.cannot_tell(&token).await, Duration::from_secs(6));
    assert_eq!(world.answers.count(KEYS), 2);
    world.takes(&world.token(json!({}))).await;
    world.answers.publish(&[&world.signer, &new]);
    world.hand.advance(Duration::from_secs(26));
    world.takes(&token).await;
}

#[tokio::test]
async fn rs_15_an_issuer_that_is_down_from_the_start_is_not_pressed() {
    let world = World::new();
    world.answers.says(METADATA, Answer::Fails);
    let token = world.token(json!({}));
    assert_eq!(world.cannot_tell(&token).await, Duration::from_secs(10));
    world.hand.advance(Duration::from_secs(3));
    assert_eq!(world.cannot_tell(&token).await, Duration::from_secs(7));
    world.hand.advance(Duration::from_millis(6_500));
    // Half a second left: a client waits a second at least.
    assert_eq!(world.cannot_tell(&token).await, Duration::from_secs(1));
    assert_eq!(world.answers.count(METADATA), 1);
    world.hand.advance(Duration::from_millis(500));
    world.answers.publish(&[&world.signer]);
    world.takes(&token).await;
    assert_eq!(world.answers.count(METADATA), 2);
}

#[tokio::test]
async fn rs_15_old_keys_are_good_for_an_hour_when_nobody_answers() {
    let world = World::new();
    world.takes(&world.token(json!({}))).await;
    world.answers.says(KEYS, answer(503, "", ""));
    world.hand.advance(10 * MINUTE);
    world.takes(&world.token(json!({}))).await;
    assert_eq!(world.answers.count(KEYS), 2);
    world.hand.advance(Duration::from_secs(9));
    world.takes(&world.token(json!({}))).await;
    assert_eq!(world.answers.count(KEYS), 2, "it cools down");
    world.hand.advance(Duration::from_millis(60 * 60_000 - 9_001));
    world.takes(&world.token(json!({}))).await;
    // Nobody waits for an issuer that has just failed while there are old keys.
    while world.answers.count(KEYS) < 3 {
        tokio::task::yield_now().await;
    }
    world.hand.advance(Duration::from_millis(1));
    assert_eq!(world.cannot_tell(&world.token(json!({}))).await, Duration::from_millis(9_999));
    world.hand.advance(MINUTE);
    assert_eq!(world.cannot_tell(&world.token(json!({}))).await, Duration::from_secs(10));
    world.answers.publish(&[&world.signer]);
    world.hand.advance(Duration::from_secs(10));
    world.takes(&world.token(json!({}))).await;
}

#[tokio::test(start_paused = true)]
async fn rs_15_an_issuer_that_never_answers_is_waited_for_five_seconds() {
    for (patience, is_over) in [(4_999, false), (5_001, true)] {
        let world = World::new();
        world.answers.says(KEYS, Answer::Hangs);
        let token = world.token(json!({}));
        let ended = timeout(Duration::from_millis(patience), world.cannot_tell(&token)).await;
        assert_eq!(ended.is_ok(), is_over);
    }
}

#[tokio::test]
async fn a_fetcher_that_panics_is_one_that_fails() {
    let world = World::new();
    world.answers.says(KEYS, Answer::Panics);
    world.cannot_tell(&world.token(json!({}))).await;
    world.cannot_tell(&world.token(json!({}))).await;
    assert_eq!(world.answers.count(KEYS), 1);
    world.answers.publish(&[&world.signer]);
    world.hand.advance(Duration::from_secs(10));
    world.takes(&world.token(json!({}))).await;
}

#[tokio::test]
async fn rs_14_those_who_come_together_share_one_fetch_and_none_ends_it_for_the_others() {
    let world = World::new();
    let gate = world.answers.close();
    let token = world.token(json!({}));
    let waiting = |_| {
        let (tokens, token) = (Arc::clone(&world.tokens), AccessToken::new(&token));
        tokio::spawn(async move { tokens.verify(&token, SourceStanding::Good).await })
    };
    let mut callers: Vec<_> = (0..100).map(waiting).collect();
    while world.answers.count(METADATA) == 0 {
        tokio::task::yield_now().await;
    }
    // Whoever began it leaves.
    callers.remove(0).abort();
    gate.add_permits(2);
    for verified in join_all(callers).await {
        verified.unwrap().unwrap();
    }
    assert_eq!((world.answers.count(METADATA), world.answers.count(KEYS)), (1, 1));
}

#[tokio::test]
async fn a_fetch_goes_on_when_everybody_has_left() {
    let world = World::new();
    let gate = world.answers.close();
    let token = AccessToken::new(&world.token(json!({})));
    let tokens = Arc::clone(&world.tokens);
    let caller = tokio::spawn(async move { tokens.verify(&token, SourceStanding::Good).await });
    while world.answers.count(METADATA) == 0 {
        tokio::task::yield_now().await;
    }
    caller.abort();
    gate.add_permits(2);
    while world.answers.count(KEYS) == 0 {
        tokio::task::yield_now().await;
    }
    world.takes(&world.token(json!({}))).await;
    assert_eq!((world.answers.count(METADATA), world.answers.count(KEYS)), (1, 1));
}

#[tokio::test]
async fn keys_at_a_url_of_their_own_need_no_metadata() {
    let world = World::with(|issuer| issuer.jwks_uri("https://keys.example.com/all"));
    world.answers.says("https://keys.example.com/all", says(&json!({ "keys": [world.signer.jwk()] })));
    world.takes(&world.token(json!({}))).await;
    assert_eq!((world.answers.count(METADATA), world.answers.asked().len()), (0, 1));
}

#[tokio::test]
async fn warming_up_fetches_what_there_is() {
    let world = World::new();
    world.tokens.warm_up().await;
    assert_eq!(world.answers.count(KEYS), 1);
    world.takes(&world.token(json!({}))).await;
    assert_eq!(world.answers.count(KEYS), 1);
}
