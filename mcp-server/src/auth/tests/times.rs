//! From when until when a token is good.

use std::time::Duration;

use serde_json::json;

use super::World;

#[tokio::test]
async fn rs_9_a_token_is_good_until_it_expires() {
    let world = World::new();
    let token = world.token(json!({}));
    let end = Duration::from_secs(300 + 30);
    assert_eq!(world.takes(&token).await.expires, world.clock.wall() + end);
    world.hand.advance(Duration::from_millis(329_999));
    world.takes(&token).await;
    world.hand.advance(Duration::from_millis(1));
    world.refuses(&token, "expired").await;
}

#[tokio::test]
async fn rs_9_the_leeway_is_what_is_configured() {
    let world = World::with(|issuer| issuer.leeway(Duration::ZERO));
    let token = world.token(json!({}));
    world.hand.advance(Duration::from_millis(299_999));
    world.takes(&token).await;
    world.hand.advance(Duration::from_millis(1));
    world.refuses(&token, "expired").await;
    let ahead = world.clock.wall().as_secs() + 1;
    world.refuses(&world.token(json!({ "iat": ahead })), "in the future").await;
    world.refuses(&world.token(json!({ "nbf": ahead })), "not good yet").await;
}

#[tokio::test]
async fn rs_9_a_token_without_an_end_is_refused() {
    let world = World::new();
    world.refuses(&world.token(json!({ "exp": null })), "no `exp`").await;
    for malformed in [json!("4102444800"), json!([4_102_444_800_u64]), json!(true), json!(-1), json!({})] {
        world.refuses(&world.token(json!({ "exp": malformed })), "`exp` is not a time").await;
    }
    world.refuses(&world.token(json!({ "exp": 0 })), "expired").await;
    let later = world.clock.wall().as_secs_f64() + 60.5;
    for end in [json!(later), json!(u64::MAX), json!(1e15)] {
        world.takes(&world.token(json!({ "exp": end }))).await;
    }
    world.refuses(&world.token(json!({ "exp": 1e300 })), "not a time").await;
}

#[tokio::test]
async fn rs_9_a_token_is_good_from_when_it_says() {
    let world = World::new();
    let now = world.clock.wall().as_secs();
    for (claim, reason) in [("nbf", "not good yet"), ("iat", "in the future")] {
        world.takes(&world.token(json!({ claim: now + 30 }))).await;
        world.takes(&world.token(json!({ claim: now - 1_000 }))).await;
        world.refuses(&world.token(json!({ claim: now + 31 })), reason).await;
        world.refuses(&world.token(json!({ claim: now + 3_600 })), reason).await;
        for malformed in [json!(now.to_string()), json!(false), json!([now]), json!(-5)] {
            world.refuses(&world.token(json!({ claim: malformed })), "not a time").await;
        }
    }
    world.takes(&world.token(json!({ "iat": null }))).await;
    let soon = world.token(json!({ "nbf": now + 60, "iat": now + 60 }));
    world.refuses(&soon, "not good yet").await;
    world.hand.advance(Duration::from_secs(30));
    world.takes(&soon).await;
}
