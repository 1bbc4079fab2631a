//! The search itself finds what it looks for.

use axum::{Router, extract::Request};
use http::HeaderMap;
use mcp_tests::{canary, issuer::Issuer, wire::Draft};
use serde_json::json;

use super::{ALL, Place};

/// A server that shows what it was sent: in its body or in a header.
fn leaking(in_a_header: bool) -> Router {
    let echo = async move |request: Request| {
        let token = request.headers()["authorization"].to_str().unwrap()["Bearer ".len()..].to_owned();
        let mut headers = HeaderMap::new();
        if in_a_header {
            headers.insert("x-echo", token.parse().unwrap());
        }
        (headers, if in_a_header { String::new() } else { format!("you sent {token}") })
    };
    canary::watched(Router::new().fallback(echo))
}

async fn shown(in_a_header: bool) {
    let token = Issuer::start().await.token(ALL);
    Draft::call("x", json!({})).bearer(&token).send(&leaking(in_a_header)).await;
}

#[tokio::test]
#[should_panic(expected = "a body shows")]
async fn rs_23_a_token_in_a_body_is_found() {
    shown(false).await;
}

#[tokio::test]
#[should_panic(expected = "the header `x-echo` shows")]
async fn rs_23_a_token_in_a_header_is_found() {
    shown(true).await;
}

#[tokio::test]
async fn rs_23_each_part_of_a_token_is_looked_for() {
    let issuer = Issuer::start().await;
    let mint = issuer.mint(ALL);
    let token = mint.token();
    for part in token.split('.').skip(1).chain([token.as_str(), mint.claims["jti"].as_str().unwrap()]) {
        assert!(canary::find(&format!("log: {part} is what came")).is_some(), "{part}");
    }
    assert_eq!(canary::find("nothing of it"), None);
    let opaque = issuer.opaque(&mint);
    assert!(canary::find(&opaque).is_some());
}

#[tokio::test]
async fn rs_23_the_log_at_its_fullest_has_no_token() {
    let place = Place::start().await;
    place.admits(&place.mint(), "good").await;
    place.refuses(&place.mint().claim("aud", "x"), "bad").await;
    place.refuses(&place.mint().claims_text("{"), "worse").await;
    let basic = super::whoami().header("authorization", &format!("Basic {}", place.mint().token()));
    assert_eq!(basic.send(place.router()).await.status, 401);
    let mut query = super::whoami();
    query.target = format!("/mcp?access_token={}", place.mint().token());
    assert_eq!(query.send(place.router()).await.status, 401);
    let two = super::whoami().bearer(&place.mint().token());
    let two = two.and_header("authorization", &format!("Bearer {}", place.mint().token()));
    assert_eq!(two.send(place.router()).await.status, 400);
    let printed = place.files.printed_with("TRACE");
    assert!(!printed.is_empty(), "everything is in the log");
}
