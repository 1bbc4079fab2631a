//! What the server says of itself to those who have no token (RFC 9728).

use http::Method;
use mcp_tests::{
    files::Files,
    issuer::Issuer,
    wire::{Draft, Reply},
};
use serde_json::json;

use super::{ALL, Place};

const AT_PATH: &str = "/.well-known/oauth-protected-resource/mcp";
const AT_ROOT: &str = "/.well-known/oauth-protected-resource";

fn get(target: &str) -> Draft {
    let mut draft = Draft::post(json!({})).method(Method::GET).without("content-type").text("");
    target.clone_into(&mut draft.target);
    draft
}

#[tokio::test]
async fn rs_17_the_document_is_at_the_path_and_at_the_root() {
    let place = Place::start().await;
    for target in [AT_PATH, AT_ROOT] {
        let document = get(target).send(place.router()).await.json();
        assert_eq!(document["resource"], place.files.url(), "{target}");
        assert_eq!(document["authorization_servers"], json!([place.issuer.url()]), "{target}");
        assert_eq!(document["bearer_methods_supported"], json!(["header"]), "{target}");
        assert_eq!(document["scopes_supported"], json!(["files:read"]), "a start: {target}");
    }
}

#[tokio::test]
async fn rs_17_scopes_are_no_refresh() {
    let place = Place::start().await;
    let document = get(AT_PATH).send(place.router()).await;
    let text = String::from_utf8_lossy(&document.body).into_owned();
    assert!(!text.contains("offline_access") && !text.contains("openid"), "{text}");
}

#[tokio::test]
async fn rs_17_a_sibling_has_no_document() {
    let place = Place::start().await;
    for target in ["/other", "/mcp2", "/mcp/x", "//mcp", "/MCP", "/..%2fmcp"] {
        let target = format!("{AT_ROOT}{target}");
        assert_eq!(get(&target).send(place.router()).await.status, 404, "{target}");
    }
    assert_eq!(get(AT_PATH).send(place.router()).await.status, 200);
}

#[tokio::test]
async fn rs_17_the_document_can_be_asked_for_by_head() {
    let place = Place::start().await;
    for target in [AT_PATH, AT_ROOT] {
        let full = get(target).send(place.router()).await;
        let head = get(target).method(Method::HEAD).send(place.router()).await;
        assert_eq!((head.status, head.body.len()), (200, 0));
        for name in ["content-type", "access-control-allow-origin"] {
            assert_eq!(head.header(name), full.header(name), "{name}");
        }
    }
}

#[tokio::test]
async fn rs_17_every_page_may_read_the_document_without_credentials() {
    let place = Place::start().await;
    for target in [AT_PATH, AT_ROOT] {
        let reply = get(target).header("origin", "https://app.example").send(place.router()).await;
        assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, "*"));
        assert!(!reply.headers.contains_key("access-control-allow-credentials"));
        let preflight = get(target)
            .method(Method::OPTIONS)
            .header("origin", "https://app.example")
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "mcp-protocol-version");
        let reply = preflight.send(place.router()).await;
        assert!(matches!(reply.status, 200 | 204), "{reply:?}");
        assert_eq!(reply.header("access-control-allow-origin"), "*");
        assert!(!reply.headers.contains_key("access-control-allow-credentials"));
    }
}

#[tokio::test]
async fn rs_17_the_document_needs_no_token_and_reads_none() {
    let place = Place::start().await;
    let same = |reply: Reply| (reply.status, reply.body);
    let expected = same(get(AT_PATH).send(place.router()).await);
    assert_eq!(expected.0, 200);
    let bad = get(AT_PATH).bearer("a.b.c").send(place.router()).await;
    assert_eq!(same(bad), expected);
    let good = get(AT_PATH).bearer(&place.issuer.token(ALL)).send(place.router()).await;
    assert_eq!(same(good), expected);
}

#[tokio::test]
async fn rs_17_nothing_can_be_done_to_the_document() {
    let place = Place::start().await;
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let reply = get(AT_PATH).method(method.clone()).send(place.router()).await;
        assert_eq!(reply.status, 405, "{method}");
        assert!(reply.header("allow").contains("GET"), "{reply:?}");
    }
}

#[tokio::test]
async fn rs_18_the_document_is_made_of_configuration() {
    let place = Place::start().await;
    let expected = get(AT_PATH).send(place.router()).await.body;
    for (name, value) in [
        ("host", "localhost:1"),
        ("forwarded", "host=evil.example;proto=https"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-prefix", "/evil"),
    ] {
        let reply = get(AT_PATH).header(name, value).send(place.router()).await;
        assert_eq!((reply.status, reply.body), (200, expected.clone()), "{name}");
    }
    let evil = get(AT_PATH).header("host", "evil.example").send(place.router()).await;
    let text = String::from_utf8_lossy(&evil.body).into_owned();
    assert!(evil.status == 403 || !text.contains("evil.example"), "{text}");
}

#[tokio::test]
async fn rs_18_the_public_url_is_what_everybody_is_told() {
    let issuer = Issuer::start().await;
    let files = Files::start_with(&[&issuer], |command| {
        command.args(["--public-url", "https://files.example.com/mcp"]);
    })
    .await;
    for host in [files.address(), "files.example.com"] {
        let document = get(AT_PATH).header("host", host).send(files.router()).await.json();
        assert_eq!(document["resource"], "https://files.example.com/mcp", "{host}");
        let reply = super::whoami().header("host", host).send(files.router()).await;
        let challenge = mcp_tests::challenge::Challenge::of(&reply);
        let expected = format!("https://files.example.com{AT_PATH}");
        assert_eq!(challenge.get("resource_metadata"), expected, "{host}");
    }
}

#[tokio::test]
async fn rs_17_the_document_names_every_issuer_in_order() {
    let (one, other) = (Issuer::start_at("/one").await, Issuer::start().await);
    let files = Files::start_with(&[&one, &other], |_| {}).await;
    let document = get(AT_PATH).send(files.router()).await.json();
    assert_eq!(document["authorization_servers"], json!([one.url(), other.url()]));
}
