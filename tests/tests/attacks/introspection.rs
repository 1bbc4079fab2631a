//! Tokens that say nothing by themselves: somebody is asked about them (RFC 7662).

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http::{Request, Response};
use mcp_server::{Auth, BoxFuture, Fetch, FetchError, Introspection};
use mcp_tests::{
    challenge::Challenge,
    issuer::{Fault, Issuer, Place as Asked, RESOURCE_SERVER, mint::Mint},
    wire::{Draft, Reply},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    own::{Own, URL, who},
    refused,
};

fn asking(issuer: &Issuer) -> Introspection {
    let (name, secret) = RESOURCE_SERVER;
    Introspection::new(issuer.url(), issuer.introspection_url(), name, secret)
}

async fn start() -> Own {
    let own = Own::start(
        |issuer| Auth::introspection(asking(issuer)),
        |server| server.tool(who()).tool(who_reads()),
    );
    own.await
}

fn who_reads() -> mcp_server::Tool {
    mcp_server::Tool::new("reads", "Needs a scope.", |_: mcp_server::Invocation| async {
        Ok(mcp_server::ToolResult::text("read"))
    })
    .scope("files:read")
}

impl Own {
    async fn ask(&self, mint: &Mint) -> Reply {
        self.call(&self.issuer.opaque(mint)).await
    }
}

#[tokio::test]
async fn rs_16_what_is_active_is_let_in_as_who_it_is() {
    let own = start().await;
    let reply = own.ask(&own.mint("").of("bob", "web")).await;
    assert_eq!(reply.text(), "bob");
    refused(&own.call("unknown-0123456789").await, "nobody knows it");
}

#[tokio::test]
async fn rs_16_only_true_is_active() {
    let own = start().await;
    for active in [json!(false), json!("true"), json!(1), json!(null), json!([true]), json!({})] {
        let reply = own.ask(&own.mint("").claim("active", active.clone())).await;
        assert!(matches!(reply.status, 401 | 503), "{active}: {reply:?}");
        own.later(Duration::from_mins(1));
    }
    assert_eq!(own.ask(&own.mint("").claim("active", true)).await.status, 200);
}

#[tokio::test]
async fn rs_16_an_active_token_is_still_looked_at() {
    let own = start().await;
    let now = own.now();
    let good = own.mint("");
    for (why, mint) in [
        ("for another resource", good.clone().claim("aud", "https://other.example/mcp")),
        ("for a sibling", good.clone().claim("aud", format!("{URL}2"))),
        ("for nobody", good.clone().without("aud")),
        ("by another issuer", good.clone().claim("iss", "https://evil.example")),
        ("over", good.clone().claim("exp", now - 40)),
        ("not yet", good.clone().claim("nbf", now + 45)),
        ("issued tomorrow", good.clone().claim("iat", now + 86_400)),
        ("bound to a key", good.clone().claim("cnf", json!({ "jkt": "x" }))),
        ("of another type", good.clone().claim("token_type", "DPoP")),
        ("its end is a text", good.clone().claim("exp", (now + 300).to_string())),
        ("its subject is a number", good.clone().claim("sub", 7)),
    ] {
        refused(&own.ask(&mint).await, why);
    }
    for (why, mint) in [
        ("as it is", good.clone()),
        ("one of several", good.clone().claim("aud", json!(["x", URL]))),
        ("a bearer token", good.clone().claim("token_type", "Bearer")),
        ("without an issuer", good.clone().without("iss")),
    ] {
        let reply = own.ask(&mint).await;
        assert_eq!(reply.status, 200, "{why}: {reply:?}");
    }
}

#[tokio::test]
async fn rs_16_who_asks_says_who_it_is() {
    let wrong = |issuer: &Issuer| {
        let (name, _) = RESOURCE_SERVER;
        Auth::introspection(Introspection::new(issuer.url(), issuer.introspection_url(), name, "wrong"))
    };
    let own = Own::start(wrong, |server| server.tool(who())).await;
    let reply = own.ask(&own.mint("")).await;
    assert_eq!(reply.status, 503, "it isn't the caller's fault: {reply:?}");
    let own = start().await;
    assert_eq!(own.ask(&own.mint("")).await.status, 200);
}

#[tokio::test]
async fn rs_16_what_is_revoked_is_over_soon() {
    let own = start().await;
    let token = own.issuer.opaque(&own.mint("").claim("exp", own.now() + 3_600));
    assert_eq!(own.call(&token).await.status, 200);
    own.issuer.revoke(&token);
    own.later(Duration::from_secs(31));
    refused(&own.call(&token).await, "revoked half a minute ago");
}

#[tokio::test]
async fn rs_16_an_answer_is_remembered_for_a_moment() {
    let own = start().await;
    let token = own.issuer.opaque(&own.mint(""));
    for _ in 0..20 {
        assert_eq!(own.call(&token).await.status, 200);
    }
    assert_eq!(own.issuer.asked(Asked::Introspection), 1);
}

#[tokio::test]
async fn rs_16_an_answer_is_remembered_no_longer_than_its_token_is_good() {
    let own = start().await;
    let token = own.issuer.opaque(&own.mint("").claim("exp", own.now() + 5));
    assert_eq!(own.call(&token).await.status, 200);
    own.later(Duration::from_secs(36));
    refused(&own.call(&token).await, "over, whatever is said of it");
}

#[tokio::test]
async fn rs_16_nobody_to_ask_is_no_ones_fault() {
    let own = start().await;
    for fault in [
        Fault::Status(500),
        Fault::Status(404),
        Fault::Cut,
        Fault::Text("{".to_owned()),
        Fault::Text("[]".to_owned()),
        Fault::Redirect(own.issuer.keys_url()),
        Fault::Huge(200_000),
    ] {
        own.issuer.fails(&[Asked::Introspection], &fault);
        let reply = own.ask(&own.mint("")).await;
        assert_eq!(reply.status, 503, "{fault:?}: {reply:?}");
        assert!(!reply.header("retry-after").is_empty(), "{fault:?}: {reply:?}");
        assert!(!reply.headers.contains_key("www-authenticate"), "{fault:?}: {reply:?}");
        own.issuer.recovers();
        own.later(Duration::from_mins(1));
        assert_eq!(own.ask(&own.mint("")).await.status, 200, "{fault:?}");
    }
}

#[tokio::test]
async fn rs_16_an_answer_that_says_two_things_is_none() {
    let own = start().await;
    let claims = Value::Object(own.mint("").claims).to_string();
    for twice in [r#""active":false,"active":true"#, r#""active":true,"active":false"#] {
        let text = format!("{{{twice},{}", &claims[1..]);
        own.issuer.fails(&[Asked::Introspection], &Fault::Text(text));
        let reply = own.ask(&own.mint("")).await;
        assert!(matches!(reply.status, 401 | 503), "{reply:?}");
        own.later(Duration::from_mins(1));
    }
    own.issuer.recovers();
    assert_eq!(own.ask(&own.mint("")).await.status, 200);
}

#[tokio::test]
async fn rs_16_scopes_are_those_of_the_answer() {
    let own = start().await;
    let read = |token: &str| Draft::call("reads", json!({})).bearer(token);
    let poor = read(&own.issuer.opaque(&own.mint("files:write"))).send(&own.router).await;
    assert_eq!((poor.status, Challenge::of(&poor).get("scope")), (403, "files:read"));
    let rich = read(&own.issuer.opaque(&own.mint("files:read"))).send(&own.router).await;
    assert_eq!(rich.status, 200, "{rich:?}");
}

#[tokio::test]
async fn rs_1_nobody_is_asked_about_what_is_no_token68() {
    let own = start().await;
    let token = own.issuer.opaque(&own.mint(""));
    for value in [
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Bearer {token} x"),
        format!("Bearer {token},x"),
        format!("Bearer \"{token}\""),
        format!("Bearer {token}&token_type_hint=x"),
        format!("Bearer {token}%20"),
        format!("Bearer {}", "x".repeat(33_000)),
    ] {
        let draft = Draft::call("who", json!({})).header("authorization", &value);
        let reply = draft.send(&own.router).await;
        assert!(matches!(reply.status, 400 | 401 | 431), "{value:.60}: {reply:?}");
    }
    assert_eq!(own.issuer.asked(Asked::Introspection), 0);
    assert_eq!(own.call(&token).await.status, 200);
    assert_eq!(own.issuer.asked(Asked::Introspection), 1);
}

/// An endpoint that never answers.
struct Silent;

impl Fetch for Silent {
    fn fetch(&self, _: Request<Bytes>, _: usize) -> BoxFuture<'static, Result<Response<Bytes>, FetchError>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn rs_16_who_waits_to_be_asked_about_does_not_wait_for_all_before() {
    let own =
        Own::start(|issuer| Auth::introspection(asking(issuer)).fetcher(Silent), |server| server.tool(who()))
            .await;
    let begun = Instant::now();
    let tokens: Vec<String> = (0..500).map(|number| format!("guess-{number}")).collect();
    let replies = join_all(tokens.iter().map(|token| own.call(token))).await;
    // Those that the issuer doesn't answer, and those beyond what one address may have looked at.
    assert!(replies.iter().all(|reply| matches!(reply.status, 429 | 503)), "{:?}", replies[0]);
    assert!(replies.iter().filter(|reply| reply.status == 503).count() <= 200);
    assert!(begun.elapsed() <= Duration::from_secs(11), "{:?}", begun.elapsed());
}
