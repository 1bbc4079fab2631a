//! What a client without a good token is told.

use http::Method;
use mcp_tests::{
    challenge::Challenge,
    issuer::{
        key::{Key, Kind},
        mint::now,
    },
    wire::{Draft, Reply},
};
use serde_json::json;

use super::{ALL, Place, refused, whoami};

#[tokio::test]
async fn rs_5_no_token_is_told_where_to_get_one_and_no_error() {
    let place = Place::start().await;
    let reply = whoami().send(place.router()).await;
    assert_eq!(reply.status, 401);
    let challenge = Challenge::of(&reply);
    let metadata = format!("{}/.well-known/oauth-protected-resource/mcp", place.files.origin());
    assert_eq!(challenge.scheme, "Bearer");
    assert_eq!(challenge.get("resource_metadata"), metadata);
    assert_eq!(challenge.get("scope"), "files:read", "the least that is worth asking for");
    assert_eq!(challenge.params.len(), 2, "{challenge:?}");
    assert_eq!(place.whoami(&place.issuer.token("")).await.status, 200, "the same with a token");
}

#[tokio::test]
async fn rs_5_the_challenge_leads_to_the_document() {
    let place = Place::start().await;
    let challenge = Challenge::of(&whoami().send(place.router()).await);
    let url = challenge.get("resource_metadata").to_owned();
    let mut get = Draft::post(json!({})).method(Method::GET).without("content-type").text("");
    get.target = url.strip_prefix(place.files.origin()).expect("on this server").to_owned();
    let document = get.send(place.router()).await.json();
    assert_eq!(document["resource"], place.files.url());
    assert_eq!(document["authorization_servers"], json!([place.issuer.url()]));
}

#[tokio::test]
async fn rs_5_every_method_has_the_same_challenge() {
    let place = Place::start().await;
    let expected = Challenge::of(&whoami().send(place.router()).await);
    for method in [Method::GET, Method::DELETE, Method::POST] {
        let reply = whoami().method(method.clone()).send(place.router()).await;
        assert_eq!((reply.status, Challenge::of(&reply)), (401, expected.clone()), "{method}");
    }
}

#[tokio::test]
async fn rs_6_every_cause_has_the_same_answer() {
    let place = Place::start().await;
    let (now, mint) = (now(), place.mint());
    let stranger = Key::new(Kind::Es256, "first");
    let tokens = [
        ("no JWT", "opaque".to_owned()),
        ("three words", "a.b.c".to_owned()),
        ("expired", mint.clone().claim("exp", now - 3_600).token()),
        ("not yet", mint.clone().claim("nbf", now + 3_600).token()),
        ("another audience", mint.clone().claim("aud", "https://other.example/mcp").token()),
        ("no audience", mint.clone().without("aud").token()),
        ("another issuer", mint.clone().claim("iss", "https://other.example").token()),
        ("another key", mint.clone().signed_by(&stranger).token()),
        ("an unknown key", mint.clone().header("kid", "unknown").token()),
        ("a damaged signature", mint.clone().damaged(|bytes| bytes[5] ^= 1).token()),
        ("no signature", mint.clone().header("alg", "none").unsigned().token()),
        ("another type", mint.clone().header("typ", "JWT").token()),
        ("critical", mint.clone().header("crit", json!(["x"])).token()),
        ("bound to a key", mint.clone().claim("cnf", json!({ "jkt": "x" })).token()),
    ];
    let mut first: Option<Reply> = None;
    for (why, token) in tokens {
        let reply = place.whoami(&token).await;
        refused(&reply, why);
        let first = first.get_or_insert_with(|| reply.clone());
        let shape = |reply: &Reply| {
            let mut headers = reply.headers.clone();
            headers.remove("date");
            (reply.status, headers, reply.body.clone())
        };
        assert_eq!(shape(&reply), shape(first), "{why}");
    }
    place.admits(&mint, "the one that all of them were bent from").await;
}

#[tokio::test]
async fn rs_6_a_bad_token_is_told_of_on_every_method() {
    let place = Place::start().await;
    for method in [Method::GET, Method::DELETE, Method::POST] {
        let reply = whoami().method(method.clone()).bearer("a.b.c").send(place.router()).await;
        refused(&reply, method.as_str());
    }
}

#[tokio::test]
async fn rs_18_a_challenge_is_made_of_configuration() {
    let place = Place::start().await;
    let expected = Challenge::of(&whoami().send(place.router()).await);
    for (name, value) in [
        ("host", "localhost:1"),
        ("forwarded", "host=evil.example;proto=https"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-port", "1"),
        ("x-forwarded-prefix", "/evil"),
        ("x-original-url", "/evil"),
    ] {
        let reply = whoami().header(name, value).send(place.router()).await;
        assert_eq!((reply.status, Challenge::of(&reply)), (401, expected.clone()), "{name}");
    }
    let evil = whoami().header("host", "evil.example").send(place.router()).await;
    assert_eq!(evil.status, 403, "a foreign host is refused before anybody is challenged");
    assert!(!evil.headers.contains_key("www-authenticate"));
    let good = whoami().bearer(&place.issuer.token(ALL)).header("x-forwarded-host", "evil.example");
    assert_eq!(good.send(place.router()).await.status, 200);
}
