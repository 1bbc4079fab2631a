//! Nothing comes in without a token: no method, no HTTP verb, no stream.

use std::time::Duration;

use http::Method;
use mcp_tests::wire::{Draft, LEGACY, Reply};
use serde_json::{Value, json};

use super::{
    client::{Client, Line, Way, challenged, get, request},
    server::{House, METADATA, URL},
    tokens::{ISSUER, OTHER, Signed, alice},
};

/// The scope that the server wants clients to begin with.
const START: &str = "files:read";

/// Each method there is, in the modern era and in a session.
const METHODS: [&str; 22] = [
    "server/discover",
    "tools/list",
    "tools/call",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "resources/subscribe",
    "resources/unsubscribe",
    "resources/directory/read",
    "prompts/list",
    "prompts/get",
    "skills/list",
    "skills/get",
    "completion/complete",
    "subscriptions/listen",
    "tasks/get",
    "tasks/update",
    "tasks/cancel",
    "logging/setLevel",
    "initialize",
    "ping",
    "no/such",
];

async fn send(house: &House, draft: &Draft) -> Reply {
    draft.open(&house.router).await.rest().await
}

/// The same request without a token, with a bad one, and with a good one.
async fn needs_a_token(house: &House, draft: Draft) {
    let reply = send(house, &draft).await;
    challenged(&reply, 401, None, START);
    let reply = send(house, &draft.clone().header("authorization", "Bearer nobodys")).await;
    challenged(&reply, 401, Some("invalid_token"), START);
    // So that the next bad one is looked at.
    house.hand.advance(Duration::from_secs(3));
    let reply = draft.with(&alice("files:read")).open(&house.router).await;
    assert!(!matches!(reply.status, 401 | 403), "{draft:?}: {reply:?}");
}

#[tokio::test]
async fn rs_4_every_method_needs_a_token_in_the_modern_era() {
    let house = House::new();
    let client = Client::connect(&house, Way::Modern, None).await;
    for method in METHODS {
        needs_a_token(&house, client.bare(method, json!({}))).await;
        needs_a_token(&house, client.bare(method, json!({})).notification()).await;
    }
}

#[tokio::test]
async fn rs_4_every_method_needs_a_token_in_a_session_whose_id_is_nothing() {
    let house = House::new();
    let client = Client::connect(&house, Way::Session, alice("")).await;
    for method in METHODS {
        needs_a_token(&house, client.bare(method, json!({}))).await;
        needs_a_token(&house, client.bare(method, json!({})).notification()).await;
    }
    let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": {} });
    needs_a_token(&house, client.bare("", json!({})).body(|body| *body = answer)).await;
}

#[tokio::test]
async fn rs_4_every_verb_needs_a_token() {
    let house = House::new();
    let client = Client::connect(&house, Way::Session, alice("")).await;
    let id = client.session.as_deref().unwrap();
    needs_a_token(&house, Draft::initialize(LEGACY)).await;
    needs_a_token(&house, Draft::listen(id)).await;
    needs_a_token(&house, Draft::listen(id).after("0-0")).await;
    needs_a_token(&house, Draft::listen(id).method(Method::DELETE)).await;
    assert_eq!(house.server.sessions(), 1, "the one that `initialize` opened with a token");
}

/// Whatever else is wrong with a request is nobody's business who hasn't signed in.
#[tokio::test]
async fn rs_4_the_token_is_asked_for_before_anything_else_is_looked_at() {
    let house = House::new();
    let good = Draft::call("read", json!({}));
    for draft in [
        good.clone().without("content-type"),
        good.clone().without("accept"),
        good.clone().text("{"),
        good.clone().text("[]"),
        good.clone().header("mcp-method", "other"),
        good.clone().header("mcp-session-id", "unknown").without("mcp-protocol-version"),
        Draft::listen("unknown"),
        Draft::listen("unknown").method(Method::DELETE),
        get("/mcp"),
    ] {
        challenged(&send(&house, &draft).await, 401, None, START);
    }
    assert_eq!(house.running.begun(), 0);
}

#[tokio::test]
async fn tr_16_the_transport_of_2024_needs_a_token_too() {
    let house = House::new();
    for target in ["/sse", "/mcp"] {
        needs_a_token(&house, get(target)).await;
    }
    let token = alice("files:read");
    let line = Line::open(&house, &token).await;
    let ping = request("ping", json!({}));
    needs_a_token(&house, line.draft(ping.clone())).await;
    let unknown = Draft { target: "/messages?sessionId=unknown".to_owned(), ..line.draft(ping.clone()) };
    challenged(&send(&house, &unknown).await, 401, None, START);
    assert_eq!(send(&house, &unknown.with(&token)).await.status, 404);
}

#[tokio::test]
async fn rs_2_a_token_elsewhere_is_none() {
    let house = House::new();
    let token = alice("files:read");
    let draft = Draft::call("read", json!({ "path": "a" }));
    let query = Draft { target: format!("/mcp?access_token={token}"), ..draft.clone() };
    challenged(&send(&house, &query).await, 401, None, START);
    let form = draft.clone().header("content-type", "application/x-www-form-urlencoded");
    challenged(&send(&house, &form.text(format!("access_token={token}"))).await, 401, None, START);
    challenged(&send(&house, &draft.clone().header("cookie", &token.to_string())).await, 401, None, START);
    assert_eq!(house.reader.asked(&token), 0);
    assert_eq!(send(&house, &query.with(&token)).await.text(), "done", "beside a good one it is ignored");
}

#[tokio::test]
async fn rs_3_two_tokens_are_a_bad_request() {
    let house = House::new();
    let token = alice("files:read");
    for second in [&*format!("Bearer {token}"), "Bearer nobodys", "Basic YTpi"] {
        let draft = Draft::call("read", json!({ "path": "a" })).with(&token);
        challenged(
            &send(&house, &draft.and_header("authorization", second)).await,
            400,
            Some("invalid_request"),
            "",
        );
    }
}

/// Whether it is unknown, expired or of another kind: the same answer, to the byte.
#[tokio::test]
async fn rs_6_every_bad_token_gets_the_same_answer() {
    let house = House::new();
    let draft = Draft::call("read", json!({ "path": "a" }));
    let expired = alice("files:read").seconds(0);
    let nobodys = alice("files:read").subject("").client("");
    let mut replies = Vec::new();
    for text in [&*expired.to_string(), &nobodys.to_string(), "x", "a.b.c", "e30.e30.", "a b", ""] {
        let mut reply = send(&house, &draft.clone().header("authorization", &format!("Bearer {text}"))).await;
        challenged(&reply, 401, Some("invalid_token"), START);
        reply.headers.remove("date");
        replies.push((text.to_owned(), reply.headers, reply.body));
    }
    let (_, headers, body) = replies[0].clone();
    for reply in replies {
        assert_eq!((&reply.1, &reply.2), (&headers, &body), "{}", reply.0);
    }
    assert_eq!(send(&house, &draft.with(&expired.seconds(1))).await.text(), "done");
}

#[tokio::test]
async fn rs_5_without_a_token_there_is_no_error_in_the_challenge() {
    let house = House::new();
    let reply = send(&house, &Draft::call("read", json!({ "path": "a" }))).await;
    let expected = format!("Bearer scope=\"files:read\", resource_metadata=\"{METADATA}\"");
    assert_eq!(reply.header("www-authenticate"), expected);
    let basic = Draft::call("read", json!({ "path": "a" })).header("authorization", "Basic YTpi");
    assert_eq!(send(&house, &basic).await.header("www-authenticate"), expected, "no token either");
}

#[tokio::test]
async fn rs_17_the_metadata_needs_no_token_and_is_the_same_for_every_host() {
    let house = House::new();
    let path = "/.well-known/oauth-protected-resource";
    let whole = format!("{path}/mcp");
    for target in [path, &whole] {
        for host in ["mcp.example.com", "localhost:8000"] {
            let draft = get(target).header("host", host).without("accept");
            let reply = send(&house, &draft).await;
            assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, "*"));
            let document: Value = reply.json();
            assert_eq!(document["resource"], json!(URL));
            assert_eq!(document["authorization_servers"], json!([ISSUER, OTHER]));
            assert_eq!(document["scopes_supported"], json!([START]));
            assert_eq!(document["bearer_methods_supported"], json!(["header"]));
            assert_eq!(send(&house, &draft.clone().method(Method::HEAD)).await.status, 200);
        }
        let foreign = get(target).header("host", "evil.example");
        assert_eq!(send(&house, &foreign).await.status, 403);
        assert_eq!(send(&house, &get(target).method(Method::POST)).await.status, 405);
    }
}

#[tokio::test]
async fn tr_4_a_preflight_needs_no_token() {
    let house = House::with(|server| server.allow_origin("https://app.example"));
    let preflight = get("/mcp")
        .method(Method::OPTIONS)
        .header("origin", "https://app.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization, content-type");
    let reply = send(&house, &preflight).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(reply.header("access-control-allow-headers").contains("authorization"), "{reply:?}");
    assert_eq!(reply.header("access-control-allow-credentials"), "");
    let asked = Draft::call("read", json!({ "path": "a" })).header("origin", "https://app.example");
    let reply = send(&house, &asked).await;
    challenged(&reply, 401, None, START);
    assert!(reply.header("access-control-expose-headers").contains("www-authenticate"), "{reply:?}");
    assert_eq!(reply.header("access-control-allow-origin"), "https://app.example", "a script may read it");
}
