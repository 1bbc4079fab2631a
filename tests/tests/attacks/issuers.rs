//! Who issued a token. Its keys are the only ones that count.

use mcp_tests::{
    files::Files,
    issuer::{
        Fault, Issuer, Place as Asked,
        key::{Key, Kind},
    },
    wire::Reply,
};
use serde_json::json;

use super::{ALL, Place, refused, whoami};

#[tokio::test]
async fn rs_8_an_unknown_issuer_is_refused_and_not_asked() {
    let place = Place::start().await;
    let evil = Issuer::start().await;
    evil.serves(place.files.url());
    refused(&place.whoami(&evil.token(ALL)).await, "somebody else's token");
    let claimed = evil.mint(ALL).claim("iss", place.issuer.url());
    place.refuses(&claimed, "somebody else's key").await;
    assert_eq!(evil.asked_at_all(), 0, "a token says nothing about where to look");
    place.admits(&place.mint(), "its own").await;
}

#[tokio::test]
async fn rs_8_an_issuer_is_one_text() {
    let place = Place::start().await;
    let url = place.issuer.url();
    place.refuses(&place.mint().without("iss"), "none").await;
    for issuer in [
        json!(["https://evil.example", url]),
        json!([url, "https://evil.example"]),
        json!([url]),
        json!([]),
        json!({ "iss": url }),
        json!(7),
        json!(null),
        json!(""),
    ] {
        place.refuses(&place.mint().claim("iss", issuer.clone()), &issuer.to_string()).await;
    }
    place.admits(&place.mint().claim("iss", url), "the text").await;
}

#[tokio::test]
async fn rs_8_an_issuer_is_compared_byte_by_byte() {
    let place = Place::start().await;
    let url = place.issuer.url();
    for issuer in [
        format!("{url}/"),
        format!("{url} "),
        format!("{url}/x"),
        format!("{url}?"),
        format!("{url}#"),
        url.replace("http", "HTTP"),
        url.replace("127.0.0.1", "localhost"),
        url.replace("http://", "http://x@"),
        url[..url.len() - 1].to_owned(),
    ] {
        place.refuses(&place.mint().claim("iss", issuer.as_str()), &issuer).await;
    }
    place.admits(&place.mint(), "as it is").await;
}

#[tokio::test]
async fn rs_8_the_keys_of_one_issuer_say_nothing_for_another() {
    let (one, other) = (Issuer::start().await, Issuer::start().await);
    one.rotate(Kind::Es256, "the one's");
    other.rotate(Kind::Es256, "the other's");
    let files = Files::start_with(&[&one, &other], |_| {}).await;
    for issuer in [&one, &other] {
        let reply = whoami().bearer(&issuer.token("")).send(files.router()).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(super::caller(&reply)["issuer"], issuer.url());
    }
    for (signer, named) in [(&one, &other), (&other, &one)] {
        let token = signer.mint("").claim("iss", named.url()).token();
        refused(&whoami().bearer(&token).send(files.router()).await, "signed by a neighbour");
    }
}

#[tokio::test]
async fn rs_8_two_keys_of_one_name_are_not_mixed_up() {
    let (one, other) = (Issuer::start().await, Issuer::start().await);
    let files = Files::start_with(&[&one, &other], |_| {}).await;
    assert_eq!(one.key().kid(), other.key().kid());
    let own = whoami().bearer(&one.token("")).send(files.router()).await;
    assert_eq!(own.status, 200, "{own:?}");
    let token = one.mint("").claim("iss", other.url()).token();
    refused(&whoami().bearer(&token).send(files.router()).await, "the same name, another key");
}

/// Sees to it that nobody can say whether a token is good.
fn unavailable(reply: &Reply, why: &str) {
    assert_eq!(reply.status, 503, "{why}: {reply:?}");
    let wait: u64 = reply.header("retry-after").parse().unwrap_or_else(|_| panic!("{why}: {reply:?}"));
    assert!((1..=3_600).contains(&wait), "{why}: {wait}");
    assert!(!reply.headers.contains_key("www-authenticate"), "{why}: a good token would be thrown away");
}

/// An issuer and its server, with something wrong from the beginning.
async fn wrong(fault: impl FnOnce(&Issuer)) -> (Issuer, Files) {
    let issuer = Issuer::start().await;
    fault(&issuer);
    let files = Files::start(&issuer).await;
    (issuer, files)
}

#[tokio::test]
async fn rs_8_metadata_that_names_another_issuer_is_not_used() {
    for issuer in ["https://evil.example", "", "http://127.0.0.1"] {
        let (wrong, files) = wrong(|wrong| wrong.says("issuer", issuer)).await;
        unavailable(&whoami().bearer(&wrong.token("")).send(files.router()).await, issuer);
    }
    let (slash, files) = wrong(|wrong| wrong.says("issuer", format!("{}/", wrong.url()))).await;
    unavailable(&whoami().bearer(&slash.token("")).send(files.router()).await, "a slash more");
    let (right, files) = wrong(|right| right.says("issuer", right.url())).await;
    assert_eq!(whoami().bearer(&right.token("")).send(files.router()).await.status, 200);
}

#[tokio::test]
async fn rs_15_nobody_to_ask_is_no_ones_fault() {
    for fault in [
        Fault::Status(500),
        Fault::Status(404),
        Fault::Cut,
        Fault::Text("{".to_owned()),
        Fault::Text("[]".to_owned()),
        Fault::Text(r#"{"keys":7}"#.to_owned()),
    ] {
        for places in [&Asked::METADATA[..], &[Asked::Keys]] {
            let (issuer, files) = wrong(|issuer| issuer.fails(places, &fault)).await;
            let why = format!("{fault:?} at {places:?}");
            unavailable(&whoami().bearer(&issuer.token("")).send(files.router()).await, &why);
            refused(
                &whoami().bearer("a.b.c").send(files.router()).await,
                "this is no token whoever is there",
            );
        }
    }
    let (issuer, files) = wrong(|_| {}).await;
    assert_eq!(whoami().bearer(&issuer.token("")).send(files.router()).await.status, 200);
}

#[tokio::test]
async fn rs_15_an_issuer_that_goes_down_leaves_its_keys_behind() {
    let place = Place::start().await;
    place.admits(&place.mint(), "while it is there").await;
    place.issuer.is_down();
    place.admits(&place.mint(), "the keys are known").await;
    place.refuses(&place.mint().damaged(|bytes| bytes[0] ^= 1), "and still decide").await;
}

#[tokio::test]
async fn rs_15_an_issuer_that_says_nothing_is_not_waited_for() {
    let (issuer, files) = wrong(|issuer| issuer.fails(&[Asked::Keys], &Fault::Never)).await;
    let begun = std::time::Instant::now();
    let token = issuer.token("");
    let drafts: Vec<_> = (0..10).map(|_| whoami().bearer(&token)).collect();
    let waiting = futures_util::future::join_all(drafts.iter().map(|draft| draft.send(files.router())));
    let other = whoami();
    let (waited, other) = tokio::join!(waiting, other.send(files.router()));
    assert_eq!(other.status, 401, "others are answered meanwhile");
    for reply in waited {
        unavailable(&reply, "nothing came");
    }
    assert!(begun.elapsed().as_secs() < 15, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn rs_13_a_redirect_is_not_followed() {
    let elsewhere = Issuer::start().await;
    let to = elsewhere.keys_url();
    let (issuer, files) = wrong(|issuer| {
        issuer.fails(&[Asked::Keys], &Fault::Redirect(to));
    })
    .await;
    elsewhere.publish(&[issuer.key()]);
    unavailable(&whoami().bearer(&issuer.token("")).send(files.router()).await, "the keys are elsewhere");
    assert_eq!(elsewhere.asked_at_all(), 0);
    let to = format!("{}/.well-known/oauth-authorization-server", elsewhere.url());
    let (issuer, files) = wrong(|issuer| issuer.fails(&Asked::METADATA, &Fault::Redirect(to))).await;
    unavailable(&whoami().bearer(&issuer.token("")).send(files.router()).await, "everything is elsewhere");
    assert_eq!(elsewhere.asked_at_all(), 0);
}

#[tokio::test]
async fn rs_13_an_answer_has_a_limit() {
    for places in [&Asked::METADATA[..], &[Asked::Keys]] {
        let (issuer, files) = wrong(|issuer| issuer.fails(places, &Fault::Huge(200_000))).await;
        unavailable(&whoami().bearer(&issuer.token("")).send(files.router()).await, "200 kB");
        let (issuer, files) = wrong(|issuer| issuer.fails(places, &Fault::Huge(20_000))).await;
        assert_eq!(whoami().bearer(&issuer.token("")).send(files.router()).await.status, 200, "20 kB");
    }
}

#[tokio::test]
async fn rs_13_keys_have_a_number() {
    let with = |count: usize| {
        move |issuer: &Issuer| {
            let small = |n: usize| json!({ "kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": n.to_string() });
            let mut keys: Vec<_> = (0..count).map(small).collect();
            keys.push(serde_json::Value::Object(issuer.key().jwk));
            issuer.publish_as(keys);
        }
    };
    let (issuer, files) = wrong(with(1_000)).await;
    let reply = whoami().bearer(&issuer.token("")).send(files.router()).await;
    assert!(matches!(reply.status, 401 | 503), "{reply:?}");
    let (issuer, files) = wrong(with(50)).await;
    assert_eq!(whoami().bearer(&issuer.token("")).send(files.router()).await.status, 200);
}

#[tokio::test]
async fn rs_13_keys_over_plain_http_are_not_fetched() {
    for url in ["http://192.0.2.1/keys", "file:///etc/passwd", "ftp://127.0.0.1/keys", "keys", ""] {
        let (issuer, files) = wrong(|issuer| issuer.says("jwks_uri", url)).await;
        unavailable(&whoami().bearer(&issuer.token("")).send(files.router()).await, url);
    }
}

#[tokio::test]
async fn rs_13_keys_that_nobody_understands_do_no_harm() {
    let (issuer, files) = wrong(|issuer| {
        issuer.publish_as(vec![
            json!({ "kty": "of 2040", "kid": "x" }),
            json!({ "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA" }),
            json!({ "kty": "EC", "crv": "P-256" }),
            json!({ "kty": "RSA", "n": "not base64!", "e": "AQAB" }),
            json!({}),
            serde_json::Value::Object(issuer.key().jwk),
        ]);
    })
    .await;
    assert_eq!(whoami().bearer(&issuer.token("")).send(files.router()).await.status, 200);
    let other = Key::new(Kind::Es256, "x");
    refused(&whoami().bearer(&issuer.mint("").signed_by(&other).token()).send(files.router()).await, "x");
}

#[tokio::test]
async fn rs_13_metadata_is_found_in_every_form() {
    for (path, form) in [
        ("", Asked::OAuth),
        ("", Asked::OpenId),
        ("/realms/one", Asked::OAuth),
        ("/realms/one", Asked::OpenId),
        ("/realms/one", Asked::OpenIdAfter),
    ] {
        let issuer = Issuer::start_at(path).await;
        issuer.only_at(&[form]);
        let files = Files::start(&issuer).await;
        let reply = whoami().bearer(&issuer.token("")).send(files.router()).await;
        assert_eq!(reply.status, 200, "{path} {form:?}: {reply:?}");
    }
}
