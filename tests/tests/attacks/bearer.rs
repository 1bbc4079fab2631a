//! Where a token may come from, and what asks for one.

use http::Method;
use mcp_tests::{
    challenge::Challenge,
    wire::{Draft, LEGACY, Reply},
};
use serde_json::json;

use super::{ALL, Place, refused, session, unknown, whoami};

#[tokio::test]
async fn rs_1_the_scheme_is_read_in_any_case() {
    let place = Place::start().await;
    let token = place.issuer.token(ALL);
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        let draft = whoami().header("authorization", &format!("{scheme} {token}"));
        assert_eq!(draft.send(place.router()).await.status, 200, "{scheme}");
    }
}

#[tokio::test]
async fn rs_1_another_scheme_is_no_token() {
    let place = Place::start().await;
    let token = place.issuer.token(ALL);
    for scheme in ["Basic", "Token", "DPoP", "Bearer:", "BearerX", "Digest", "Negotiate"] {
        let draft = whoami().header("authorization", &format!("{scheme} {token}"));
        shut(&draft.send(place.router()).await, scheme);
    }
    let bare = whoami().header("authorization", &token);
    shut(&bare.send(place.router()).await, "a token without a scheme");
    place.admits(&place.mint(), "the same with its scheme").await;
}

/// Nobody is let in, in whichever way.
fn shut(reply: &Reply, why: &str) {
    assert!(matches!(reply.status, 400 | 401), "{why}: {reply:?}");
    assert_eq!(Challenge::of(reply).scheme, "Bearer", "{why}");
}

#[tokio::test]
async fn rs_1_what_is_no_token68_is_refused() {
    let place = Place::start().await;
    let token = place.issuer.token(ALL);
    for value in [
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Bearer {token} {token}"),
        format!("Bearer {token},"),
        format!("Bearer {token}, Bearer {token}"),
        format!("Bearer \"{token}\""),
        format!("Bearer token={token}"),
        format!("Bearer\t{token}"),
        format!("Bearer {token};"),
        format!("Bearer {token}\u{fc}"),
        format!("Bearer ={token}"),
        format!("Bearer {token}=x"),
        "Bearer %2e".to_owned(),
    ] {
        let mut draft = whoami();
        let header = http::HeaderValue::from_bytes(value.as_bytes()).expect("bytes of a header");
        draft.headers.insert("authorization", header);
        shut(&draft.send(place.router()).await, &value.replace(&token, "TOKEN"));
    }
    let draft = whoami().header("authorization", &format!("Bearer {token}"));
    assert_eq!(draft.send(place.router()).await.status, 200);
}

#[tokio::test]
async fn rs_1_a_token_beyond_32_kib_is_too_large_and_not_bad() {
    let place = Place::start().await;
    let of = |size: usize| place.mint().claim("padding", "x".repeat(size));
    assert!(of(24_000).token().len() < 32_768 && of(25_000).token().len() > 32_768);
    place.admits(&of(24_000), "under 32 KiB").await;
    let groups: Vec<String> =
        (0..150).map(|group| format!("{group:08}-0000-4000-8000-000000000000")).collect();
    place.admits(&place.mint().claim("groups", groups), "150 groups").await;
    let reply = place.whoami(&of(25_000).token()).await;
    assert_eq!((reply.status, reply.header("www-authenticate")), (431, ""), "{reply:?}");
    assert!(reply.json()["error"]["message"].as_str().unwrap().contains("32768 bytes"), "{reply:?}");
}

#[tokio::test]
async fn rs_2_a_token_in_the_query_is_nobodys() {
    let place = Place::start().await;
    let token = place.issuer.token(ALL);
    for name in ["access_token", "token", "authorization", "bearer"] {
        let mut draft = whoami();
        draft.target = format!("/mcp?{name}={token}");
        unknown(&draft.send(place.router()).await, name);
        let bad = draft.clone().bearer("bad.bad.bad");
        refused(&bad.send(place.router()).await, "a bad one in the header isn't saved by it");
        let both = draft.bearer(&token).send(place.router()).await;
        assert!(matches!(both.status, 200 | 400), "the one in the header is good: {both:?}");
    }
}

#[tokio::test]
async fn rs_2_a_token_in_the_body_is_nobodys() {
    let place = Place::start().await;
    let token = place.issuer.token(ALL);
    let form = whoami()
        .header("content-type", "application/x-www-form-urlencoded")
        .text(format!("access_token={token}"));
    let reply = form.send(place.router()).await;
    assert!(matches!(reply.status, 401 | 415), "{reply:?}");
    let json = whoami().body(|body| {
        body["access_token"] = json!(token);
        body["params"]["_meta"]["authorization"] = json!(format!("Bearer {token}"));
        body["params"]["_meta"]["access_token"] = json!(token);
    });
    unknown(&json.send(place.router()).await, "in a message");
    assert_eq!(json.bearer(&token).send(place.router()).await.status, 200);
}

#[tokio::test]
async fn rs_2_a_token_in_another_header_is_nobodys() {
    let place = Place::start().await;
    let token = place.issuer.token(ALL);
    for (name, value) in [
        ("cookie", format!("access_token={token}")),
        ("proxy-authorization", format!("Bearer {token}")),
        ("x-authorization", format!("Bearer {token}")),
        ("x-forwarded-access-token", token.clone()),
        ("x-api-key", token.clone()),
        ("sec-websocket-protocol", format!("bearer, {token}")),
        ("mcp-session-id", token.clone()),
    ] {
        unknown(&whoami().header(name, &value).send(place.router()).await, name);
    }
    assert_eq!(place.whoami(&token).await.status, 200);
}

#[tokio::test]
async fn rs_3_two_authorization_headers_are_a_bad_request() {
    let place = Place::start().await;
    let good = format!("Bearer {}", place.issuer.token(ALL));
    let (bad, basic) = ("Bearer bad.bad.bad".to_owned(), "Basic YTpi".to_owned());
    for (first, second) in [(&good, &bad), (&bad, &good), (&good, &good), (&basic, &good), (&good, &basic)] {
        let draft = whoami().header("authorization", first).and_header("authorization", second);
        let reply = draft.send(place.router()).await;
        assert_eq!(reply.status, 400, "{reply:?}");
        assert_eq!(Challenge::of(&reply).get("error"), "invalid_request");
    }
    assert_eq!(whoami().header("authorization", &good).send(place.router()).await.status, 200);
}

#[tokio::test]
async fn rs_4_every_request_of_the_modern_era_needs_a_token() {
    let place = Place::start().await;
    let token = place.issuer.token(ALL);
    for (method, status) in [
        ("server/discover", 200),
        ("tools/list", 200),
        ("resources/list", 200),
        ("prompts/list", 200),
        ("no/such", 404),
    ] {
        let draft = Draft::modern(method, json!({}));
        unknown(&draft.send(place.router()).await, method);
        refused(&draft.clone().bearer("a.b.c").send(place.router()).await, method);
        let reply = draft.bearer(&token).send(place.router()).await;
        assert!(reply.status == status || reply.status == 404, "{method}: {reply:?}");
    }
    let cancelled = Draft::modern("notifications/cancelled", json!({ "requestId": 7 })).notification();
    unknown(&cancelled.send(place.router()).await, "a notification");
}

#[tokio::test]
async fn rs_4_every_request_in_a_session_needs_a_token() {
    let place = Place::start().await;
    unknown(&Draft::initialize(LEGACY).send(place.router()).await, "initialize");
    let token = place.issuer.token(ALL);
    let session = session(place.router(), &token).await;
    let ping = Draft::legacy(&session, "ping", json!({}));
    let delete = ping.clone().method(Method::DELETE).text("");
    for (draft, why) in [
        (ping.clone(), "a request"),
        (Draft::legacy(&session, "tools/list", json!({})), "a list"),
        (Draft::legacy(&session, "notifications/initialized", json!({})).notification(), "a notification"),
        (Draft::listen(&session), "the session's stream"),
        (Draft::listen(&session).after("1-1"), "a stream that is taken up again"),
        (delete.clone(), "the end of the session"),
    ] {
        unknown(&draft.send(place.router()).await, why);
        refused(&draft.bearer("a.b.c").send(place.router()).await, why);
    }
    assert_eq!(ping.bearer(&token).send(place.router()).await.status, 200, "and the session is still there");
    let ended = delete.bearer(&token).send(place.router()).await;
    assert!(matches!(ended.status, 200 | 202 | 204), "{ended:?}");
}

#[tokio::test]
async fn rs_4_a_session_is_no_longer_open_than_its_token() {
    let place = Place::start().await;
    let token = place.issuer.token(ALL);
    let session = session(place.router(), &token).await;
    let ping = Draft::legacy(&session, "ping", json!({}));
    let now = mcp_tests::issuer::mint::now();
    let expired = place.mint().claim("exp", now - 120).token();
    refused(&ping.clone().bearer(&expired).send(place.router()).await, "an expired token in a good session");
    assert_eq!(ping.bearer(&token).send(place.router()).await.status, 200);
}

#[tokio::test]
async fn rs_4_a_stranger_learns_nothing_about_a_bodys_mistakes() {
    let place = Place::start().await;
    let token = place.issuer.token(ALL);
    for text in ["{", "[]", "null", r#"{"jsonrpc":"1.0"}"#] {
        let draft = whoami().text(text);
        let reply = draft.send(place.router()).await;
        assert_eq!(reply.status, 401, "{text}: {reply:?}");
        assert_eq!(draft.bearer(&token).send(place.router()).await.status, 400, "{text}");
    }
}

#[tokio::test]
async fn rs_23_nothing_that_answers_holds_the_token() {
    let place = Place::start().await;
    // What an answer holds is searched by the harness; this looks at what a caller is told of itself.
    let reply = place.whoami(&place.issuer.token_for("bob", "web", "files:read")).await;
    let caller = super::caller(&reply);
    assert_eq!(caller["subject"], "bob");
    assert_eq!(caller["client"], "web");
    assert_eq!(caller["issuer"], place.issuer.url());
    assert_eq!(caller["scopes"], json!(["files:read"]));
    assert_eq!(caller.as_object().map(serde_json::Map::len), Some(4), "{caller}");
}
