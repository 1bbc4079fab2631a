//! Tokens about which their issuer is asked.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    super::{Auth, Introspection},
    ISSUER, KEYS, RESOURCE, World,
    answers::{Answer, answer, json as says},
    changed,
};

const ENDPOINT: &str = "https://id.example.com/introspect";
const SECRET: &str = "p:ss w+rd/%";

fn introspection() -> Introspection {
    Introspection::new(ISSUER, ENDPOINT, "mcp server", SECRET)
}

fn world() -> World {
    World::of(Auth::introspection(introspection()))
}

/// What the issuer says of a good token, with this changed.
fn active(world: &World, changes: Value) -> Answer {
    let now = world.clock.wall().as_secs();
    let good = json!({
        "active": true, "iss": ISSUER, "aud": RESOURCE, "sub": "ada", "client_id": "editor", "scope": "a b",
        "exp": now + 300, "token_type": "Bearer",
    });
    says(&changed(good, changes))
}

#[tokio::test]
async fn rs_16_the_issuer_is_asked_by_a_form_and_knows_who_asks() {
    let world = world();
    world.answers.says(ENDPOINT, active(&world, json!({ "team": 7 })));
    let verified = world.takes("opaque/+token~1").await;
    assert_eq!((verified.subject.as_deref(), verified.client.as_deref()), (Some("ada"), Some("editor")));
    assert_eq!(
        (verified.scopes, &verified.claims["team"]),
        (vec!["a".to_owned(), "b".to_owned()], &json!(7))
    );
    let asked = &world.answers.asked()[0];
    assert_eq!((&asked.method, &*asked.url), (&Method::POST, ENDPOINT));
    assert_eq!(asked.body, "token=opaque%2F%2Btoken%7E1&token_type_hint=access_token");
    assert_eq!(asked.headers["content-type"], "application/x-www-form-urlencoded");
    let credential = &asked.headers["authorization"];
    let pair = STANDARD.decode(credential.to_str().unwrap().strip_prefix("Basic ").unwrap()).unwrap();
    assert_eq!(String::from_utf8(pair).unwrap(), "mcp+server:p%3Ass+w%2Brd%2F%25");
    assert!(credential.is_sensitive());
}

#[tokio::test]
async fn rs_16_only_an_active_token_is_taken() {
    let world = world();
    world.answers.says(ENDPOINT, says(&json!({ "active": false })));
    world.refuses("opaque", "not active").await;
    world.answers.says(ENDPOINT, active(&world, json!({ "active": false })));
    world.refuses("opaque", "not active").await;
    for nonsense in [json!({ "active": "true" }), json!({ "active": 1 }), json!({ "active": null })] {
        world.answers.says(ENDPOINT, active(&world, nonsense));
        world.cannot_tell("opaque").await;
    }
    world.answers.says(ENDPOINT, active(&world, json!({})));
    world.takes("opaque").await;
}

#[tokio::test]
async fn rs_16_what_the_issuer_says_is_checked_as_a_jwts_claims_are() {
    let world = world();
    let now = world.clock.wall().as_secs();
    for (changes, reason) in [
        (json!({ "aud": null }), "no `aud`"),
        (json!({ "aud": "https://other.example" }), "somebody else"),
        (json!({ "aud": ["https://mcp.example.com"] }), "somebody else"),
        (json!({ "aud": [RESOURCE, 7] }), "not a string"),
        (json!({ "iss": "https://id.example.com/" }), "somebody else has issued"),
        (json!({ "iss": [ISSUER] }), "somebody else has issued"),
        (json!({ "exp": now - 30 }), "expired"),
        (json!({ "exp": "later" }), "not a time"),
        (json!({ "nbf": now + 31 }), "not good yet"),
        (json!({ "iat": now + 31 }), "in the future"),
        (json!({ "cnf": { "jkt": "x" } }), "`cnf`"),
        (json!({ "token_type": "DPoP" }), "no bearer token"),
        (json!({ "token_type": "refresh_token" }), "no bearer token"),
        (json!({ "token_type": "N_A" }), "no bearer token"),
        (json!({ "token_type": ["Bearer"] }), "no bearer token"),
        (json!({ "token_use": "refresh_token" }), "no access token"),
        (json!({ "token_use": "id" }), "no access token"),
        (json!({ "typ": "Refresh" }), "no access token"),
        (json!({ "typ": "ID" }), "no access token"),
        (json!({ "sub": null, "client_id": null }), "neither"),
        (json!({ "sub": 7 }), "`sub`"),
        (json!({ "scope": 7 }), "scopes"),
    ] {
        world.answers.says(ENDPOINT, active(&world, changes));
        world.refuses("opaque", reason).await;
    }
    for good in [
        json!({ "iss": null }),
        json!({ "token_type": null }),
        json!({ "token_type": "bearer", "token_use": "access", "typ": "Bearer" }),
        json!({ "aud": ["x", RESOURCE] }),
    ] {
        world.answers.says(ENDPOINT, active(&world, good));
        assert_eq!(world.takes("opaque").await.issuer, ISSUER);
    }
}

#[tokio::test]
async fn rs_16_an_answer_is_believed_for_half_a_minute_at_most() {
    let world = World::of(Auth::introspection(introspection().cache(Duration::from_secs(5))));
    world.answers.says(ENDPOINT, active(&world, json!({})));
    let verified = world.takes("opaque").await;
    assert_eq!(verified.cache_for, Some(Duration::from_secs(5)));
    assert_eq!(verified.expires, world.clock.wall() + Duration::from_secs(330));
    world.answers.says(ENDPOINT, active(&world, json!({ "exp": null })));
    let verified = world.takes("opaque").await;
    assert_eq!(verified.cache_for, Some(Duration::from_secs(5)));
    assert_eq!(verified.expires, world.clock.wall() + Duration::from_hours(1), "what it begins has an end");
    let unbelieved = World::of(Auth::introspection(introspection().cache(Duration::ZERO)));
    unbelieved.answers.says(ENDPOINT, active(&unbelieved, json!({ "exp": null })));
    assert_eq!(unbelieved.takes("opaque").await.cache_for, Some(Duration::ZERO), "asked every time");
    let world = self::world();
    world.answers.says(ENDPOINT, active(&world, json!({})));
    assert_eq!(world.takes("opaque").await.cache_for, Some(Duration::from_secs(30)));
}

#[tokio::test]
async fn rs_16_an_issuer_that_does_not_answer_says_nothing_about_the_token() {
    let world = world();
    let good = json!({ "active": true, "aud": RESOURCE, "sub": "ada" }).to_string();
    for silent in [
        Answer::Fails,
        answer(500, "", good.clone()),
        answer(401, "", good.clone()),
        answer(302, "", good.clone()),
        answer(200, "", "<html>"),
        answer(200, "", "[]"),
        answer(200, "", good.clone() + &" ".repeat(70_000)),
        answer(200, "", good.replacen('{', r#"{"active":false,"#, 1)),
    ] {
        world.answers.says(ENDPOINT, silent);
        assert_eq!(world.cannot_tell("opaque").await, Duration::from_secs(10));
    }
    world.answers.says(ENDPOINT, answer(200, "", good));
    world.takes("opaque").await;
}

#[tokio::test(start_paused = true)]
async fn rs_16_an_issuer_that_never_answers_is_waited_for_five_seconds() {
    for (patience, is_over) in [(4_999, false), (5_001, true)] {
        let world = world();
        world.answers.says(ENDPOINT, Answer::Hangs);
        let token = "opaque";
        let ended = timeout(Duration::from_millis(patience), world.cannot_tell(token)).await;
        assert_eq!(ended.is_ok(), is_over);
    }
}

#[tokio::test]
async fn a_jwt_goes_to_the_issuer_that_it_names() {
    let other = "https://login.example.org";
    let asked = Introspection::new(other, ENDPOINT, "files", SECRET);
    let world = World::of(Auth::issuer(ISSUER).or(Auth::introspection(asked)));
    world.answers.says(ENDPOINT, active(&world, json!({ "iss": null })));
    world.takes(&world.token(json!({}))).await;
    assert_eq!((world.answers.count(ENDPOINT), world.answers.count(KEYS)), (0, 1));
    assert_eq!(world.takes(&world.token(json!({ "iss": other }))).await.issuer, other);
    assert_eq!(world.takes("opaque").await.issuer, other);
    assert_eq!(world.takes("a.b.c.d.e").await.issuer, other);
    world.refuses(&world.token(json!({ "iss": "https://evil.example" })), "none of those").await;
    world.refuses(&world.token(json!({ "aud": "x" })), "somebody else").await;
    assert_eq!(world.answers.count(ENDPOINT), 3);
}

#[tokio::test]
async fn a_token_is_shown_to_no_issuer_that_it_may_not_be_from() {
    let second =
        Introspection::new("https://login.example.org", "https://login.example.org/ask", "files", SECRET);
    let world = World::of(Auth::introspection(introspection()).or(Auth::introspection(second)));
    world.answers.says(ENDPOINT, active(&world, json!({})));
    world.refuses("opaque", "several that could be asked").await;
    assert!(world.answers.asked().is_empty());
    world.takes(&world.token(json!({}))).await;
    assert_eq!(world.answers.count(ENDPOINT), 1);
}

#[tokio::test]
async fn a_jwt_is_refused_where_nobody_can_be_asked() {
    let world = World::new();
    world.refuses("opaque", "not a JWT").await;
    assert!(world.answers.asked().is_empty());
}
