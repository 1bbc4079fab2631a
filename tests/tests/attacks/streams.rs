//! Streams, which may be open for longer than their token is good.

use std::time::Duration;

use mcp_server::Auth;
use mcp_tests::{issuer::mint::now, running::Running, wire::Draft};
use serde_json::json;
use tokio::time::timeout;

use super::{Place, own::Own, refused, session};

/// Changes of the list, told of as they happen.
fn listen() -> Draft {
    Draft::modern("subscriptions/listen", json!({ "notifications": { "toolsListChanged": true } }))
}

/// For how long a good stream has to be open to be seen to be.
const OPEN: Duration = Duration::from_secs(3);

#[tokio::test]
async fn rs_27_a_modern_stream_ends_with_its_token() {
    let place = Place::start().await;
    // What is forgiven of the end is nearly over.
    let ending = place.mint().claim("exp", now() - 28).token();
    let mut short = listen().bearer(&ending).open(place.router()).await;
    assert_eq!(short.status, 200);
    let mut long = listen().bearer(&place.mint().token()).open(place.router()).await;
    assert_eq!(long.status, 200);
    let ended = timeout(Duration::from_secs(10), async { while short.next().await.is_some() {} });
    assert!(ended.await.is_ok(), "it goes on without a token");
    assert!(timeout(OPEN, async { while long.next().await.is_some() {} }).await.is_err(), "it has ended too");
    refused(&listen().bearer(&ending).send(place.router()).await, "the same token a little later");
}

#[tokio::test]
async fn rs_27_a_sessions_stream_ends_with_its_token() {
    let place = Place::start().await;
    let good = place.mint().token();
    let id = session(place.router(), &good).await;
    let ending = place.mint().claim("exp", now() - 28).token();
    let mut short = Draft::listen(&id).bearer(&ending).open(place.router()).await;
    assert_eq!(short.status, 200);
    let ended = timeout(Duration::from_secs(10), async { while short.next().await.is_some() {} });
    assert!(ended.await.is_ok(), "it goes on without a token");
    let mut long = Draft::listen(&id).bearer(&good).open(place.router()).await;
    assert_eq!(long.status, 200, "the session goes on with another token");
    assert!(timeout(OPEN, async { while long.next().await.is_some() {} }).await.is_err());
}

#[tokio::test]
async fn rs_9_a_token_that_was_good_is_not_good_for_ever() {
    let place = Place::start().await;
    let ending = place.mint().claim("exp", now() - 26).token();
    assert_eq!(place.whoami(&ending).await.status, 200, "within what is forgiven");
    let waiting = async {
        while place.whoami(&ending).await.status == 200 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(Duration::from_secs(10), waiting).await.expect("it was checked once, and never again");
    refused(&place.whoami(&ending).await, "it has ended");
    place.admits(&place.mint(), "another").await;
}

#[tokio::test]
async fn rs_4_a_stream_is_not_taken_up_by_somebody_else() {
    let place = Place::start().await;
    let (alice, bob) = (place.issuer.token_for("alice", "app", ""), place.issuer.token_for("bob", "app", ""));
    let id = session(place.router(), &alice).await;
    for after in ["0-0", "1-0", "1-1", "x"] {
        let draft = Draft::listen(&id).after(after);
        let stranger = draft.clone().bearer(&bob).send(place.router()).await;
        assert_eq!(stranger.status, 404, "{after}: {stranger:?}");
        assert_eq!(draft.send(place.router()).await.status, 401, "{after}");
    }
    let stream = Draft::listen(&id).bearer(&alice).open(place.router()).await;
    assert_eq!(stream.status, 200);
}

#[tokio::test]
async fn tr_12_a_stream_says_that_it_is_not_to_be_kept() {
    let place = Place::start().await;
    let stream = listen().bearer(&place.mint().token()).open(place.router()).await;
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    assert_eq!(stream.headers["x-accel-buffering"], "no");
    let cache = stream.headers["cache-control"].to_str().unwrap();
    assert!(cache.contains("no-store") || cache.contains("no-cache"), "{cache}");
}

#[tokio::test]
async fn tr_12_the_streams_of_one_do_not_use_up_all() {
    let place = Place::start().await;
    let alice = place.issuer.token_for("alice", "app", "");
    let mut open = Vec::new();
    let mut refused = None;
    for _ in 0..300 {
        let stream = listen().bearer(&alice).open(place.router()).await;
        if stream.headers["content-type"] != "text/event-stream" {
            refused = Some(stream.rest().await.code());
            break;
        }
        open.push(stream);
    }
    assert_eq!(refused, Some(-32023), "after {}", open.len());
    let bob = listen().bearer(&place.issuer.token_for("bob", "app", "")).open(place.router()).await;
    assert_eq!(bob.headers["content-type"], "text/event-stream", "another's are not the fewer");
}

/// A server of the test's own, and a token that is good for another second.
async fn ending(running: &Running) -> (Own, String) {
    let tool = running.tool().authenticated();
    let own =
        Own::start(|issuer| Auth::issuer(issuer.url()), |server| server.tool(tool).legacy_sse(true)).await;
    let token = own.mint("").claim("exp", own.now() - 29).token();
    (own, token)
}

#[tokio::test]
async fn rs_27_a_call_in_a_session_is_heard_as_long_as_its_token() {
    let running = Running::default();
    let (own, token) = ending(&running).await;
    let fresh = own.mint("").token();
    let id = session(&own.router, &fresh).await;
    let call = json!({ "name": "endless", "arguments": { "speaks": true } });
    let draft = Draft::legacy(&id, "tools/call", call).id(7);
    let mut stream = draft.bearer(&token).open(&own.router).await;
    running.have_begun(1).await;
    let mut last = None;
    let hearing = async {
        while let Some(event) = stream.next().await {
            last = event.id.or(last.take());
        }
    };
    timeout(Duration::from_secs(5), hearing).await.expect("it goes on without a token");
    running.finish();
    let resumed = Draft::listen(&id).after(&last.expect("a place to take it up at"));
    refused(&resumed.clone().bearer("a.b.c").send(&own.router).await, "no good token");
    let rest = resumed.bearer(&fresh).open(&own.router).await.rest().await;
    assert!(String::from_utf8_lossy(&rest.body).contains("finished"), "with another token: {rest:?}");
}

#[tokio::test]
async fn rs_27_a_stream_of_2024_ends_with_its_token() {
    let (own, token) = ending(&Running::default()).await;
    let mut open = Draft::listen("").without("mcp-session-id").without("mcp-protocol-version");
    "/sse".clone_into(&mut open.target);
    let mut short = open.clone().bearer(&token).open(&own.router).await;
    let mut long = open.bearer(&own.mint("").token()).open(&own.router).await;
    assert_eq!((short.status, long.status), (200, 200));
    let ended = timeout(Duration::from_secs(5), async { while short.next().await.is_some() {} });
    assert!(ended.await.is_ok(), "it goes on without a token");
    assert!(timeout(OPEN, async { while long.next().await.is_some() {} }).await.is_err(), "it has ended too");
}
