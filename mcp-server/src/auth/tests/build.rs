//! What is said of an `Auth` that is wrong.

use std::time::Duration;

use super::{
    super::{Auth, Built, CacheLimits, Introspection, Issuer},
    ISSUER, RESOURCE, World,
    answers::Answers,
};
use crate::clock::Clock;

fn problems(auth: Auth) -> Vec<String> {
    auth.fetcher(Answers::default()).build(RESOURCE, Clock::system()).err().unwrap_or_default()
}

#[track_caller]
fn is_refused(auth: Auth, because: &str) {
    let found = problems(auth);
    assert!(found.len() == 1 && found[0].contains(because), "{because:?} is not {found:?}");
}

#[test]
fn an_issuers_url_is_https_and_nothing_but_a_url() {
    for good in [
        "https://id.example.com",
        "https://id.example.com/",
        "https://id.example.com:8443/realms/one",
        "http://localhost:9000",
        "http://127.0.0.1",
        "http://[::1]:9000/x",
    ] {
        assert_eq!(problems(Auth::issuer(good)), [""; 0], "{good}");
    }
    for (bad, because) in [
        ("", "not a URL"),
        ("id.example.com", "not a URL"),
        ("http://id.example.com", "must be `https`"),
        ("http://localhost.example.com", "must be `https`"),
        ("http://127.0.0.1.example.com", "must be `https`"),
        ("http://10.0.0.1", "must be `https`"),
        ("ftp://id.example.com", "must be `https`"),
        ("https://id.example.com?tenant=1", "no query"),
        ("https://id.example.com#x", "no fragment"),
        ("https://me@id.example.com", "user's name"),
    ] {
        is_refused(Auth::issuer(bad), because);
        is_refused(Auth::introspection(Introspection::new(bad, ISSUER, "a", "b")), because);
    }
    is_refused(Auth::issuer(Issuer::new(ISSUER).jwks_uri("http://id.example.com/keys")), "`jwks_uri`");
    assert_eq!(
        problems(Auth::issuer(Issuer::new(ISSUER).jwks_uri("https://id.example.com/keys?v=1"))),
        [""; 0]
    );
}

#[test]
fn rs_7_an_audience_is_never_empty_or_for_everybody() {
    for bad in ["", " ", "*", "https://*.example.com"] {
        is_refused(Auth::issuer(Issuer::new(ISSUER).audience("fine").audience(bad)), "audience");
        is_refused(
            Auth::introspection(Introspection::new(ISSUER, ISSUER, "a", "b").audience(bad)),
            "audience",
        );
    }
}

#[test]
fn what_would_make_a_check_worthless_is_refused() {
    let over = Duration::from_millis(60_001);
    is_refused(Auth::issuer(Issuer::new(ISSUER).leeway(over)), "a minute");
    assert_eq!(problems(Auth::issuer(Issuer::new(ISSUER).leeway(Duration::from_mins(1)))), [""; 0]);
    is_refused(Auth::issuer(Issuer::new(ISSUER).algorithms([])), "no algorithm");
    is_refused(Auth::issuer(Issuer::new(ISSUER).scopes_claim("")), "`scopes_claim`");
    is_refused(Auth::issuer(Issuer::new(ISSUER).client_claim("")), "`client_claim`");
    let asked = |client: &str, secret: &str| Introspection::new(ISSUER, ISSUER, client, secret);
    is_refused(Auth::introspection(asked("", "secret")), "client or secret");
    is_refused(Auth::introspection(asked("files", "")), "client or secret");
    is_refused(Auth::introspection(asked("a", "b").cache(Duration::from_millis(30_001))), "30 seconds");
    let plain = Introspection::new(ISSUER, "http://id.example.com/ask", "a", "b");
    is_refused(Auth::introspection(plain), "endpoint");
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let auth = Auth::issuer(Issuer::new("http://id.example.com").audience("*").algorithms([]));
    assert_eq!(problems(auth.or(Auth::issuer("nowhere"))).len(), 4);
}

#[test]
fn rs_8_an_issuer_is_given_once() {
    let asked = Introspection::new(ISSUER, ISSUER, "a", "b");
    is_refused(Auth::issuer(ISSUER).or(Auth::issuer(ISSUER)), "given twice");
    is_refused(Auth::issuer(ISSUER).or(Auth::introspection(asked)), "given twice");
    assert_eq!(problems(Auth::issuer(ISSUER).or(Auth::issuer("https://id.example.com/"))), [""; 0]);
}

#[test]
fn everybody_or_some_but_not_both() {
    let open = |auth: Auth| match auth.build(RESOURCE, Clock::system()) {
        Ok(Built::Open { forced }) => forced,
        _ => panic!("open"),
    };
    assert!(!open(Auth::none()));
    assert!(open(Auth::warning_none_for_everyone()));
    assert!(open(Auth::none().or(Auth::warning_none_for_everyone())));
    is_refused(Auth::none().or(Auth::issuer(ISSUER)), "everybody may come in");
    is_refused(Auth::issuer(ISSUER).or(Auth::warning_none_for_everyone()), "everybody may come in");
}

#[test]
fn a_secret_is_not_shown() {
    let auth = Auth::introspection(Introspection::new(ISSUER, ISSUER, "files", "s3cret")).or(Auth::none());
    let shown = format!("{auth:?}");
    assert!(shown.contains(ISSUER) && shown.contains("files") && !shown.contains("s3cret"), "{shown}");
}

#[test]
fn what_is_kept_of_tokens_is_configured() {
    let usual = CacheLimits { entries: 10_000, time: Duration::from_mins(5) };
    assert_eq!(World::new().tokens.cache_limits(), usual);
    let few = CacheLimits { entries: 3, time: Duration::from_secs(1) };
    let auth =
        Auth::issuer(ISSUER).or(Auth::issuer("https://two.example")).token_cache(3, Duration::from_secs(1));
    assert_eq!(World::of(auth).tokens.cache_limits(), few);
}
