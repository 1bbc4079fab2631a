//! Sessions belong to those who opened them.

use std::collections::BTreeSet;

use http::Method;
use mcp_server::Auth;
use mcp_tests::{
    files::Files,
    issuer::Issuer,
    wire::{Draft, Reply},
};
use serde_json::json;

use super::{
    ALL, Place,
    own::{Own, who},
    session, write,
};

/// The requests that can be made in a session.
fn requests(id: &str) -> [(Draft, &'static str); 6] {
    [
        (Draft::legacy(id, "ping", json!({})), "a request"),
        (Draft::legacy(id, "tools/list", json!({})), "a list"),
        (Draft::legacy(id, "tools/call", json!({ "name": "whoami", "arguments": {} })), "a call"),
        (Draft::legacy(id, "notifications/initialized", json!({})).notification(), "a notification"),
        (Draft::listen(id), "its stream"),
        (Draft::legacy(id, "", json!({})).method(Method::DELETE).text(""), "its end"),
    ]
}

/// What an answer says, without what is different each time.
fn said(reply: &Reply) -> (u16, String) {
    (reply.status, String::from_utf8_lossy(&reply.body).into_owned())
}

/// Sees to it that a session is unknown to the holder of a token.
async fn hidden(place: &Place, id: &str, token: &str, why: &str) {
    let never = "never-issued-0123456789abcdefghijklmnopqrst";
    for ((draft, what), (unknown, _)) in requests(id).into_iter().zip(requests(never)) {
        let reply = draft.bearer(token).send(place.router()).await;
        assert_eq!(reply.status, 404, "{why}, {what}: {reply:?}");
        let unknown = unknown.bearer(token).send(place.router()).await;
        let mask = |reply: &Reply, id: &str| (reply.status, said(reply).1.replace(id, "ID"));
        assert_eq!(mask(&reply, id), mask(&unknown, never), "as one that there never was: {why}, {what}");
    }
}

#[tokio::test]
async fn rs_24_a_strangers_session_is_unknown() {
    let place = Place::start().await;
    let alice = place.issuer.token_for("alice", "app", ALL);
    let id = session(place.router(), &alice).await;
    for (subject, client, why) in [
        ("bob", "app", "another user"),
        ("alice", "web", "another client"),
        ("Alice", "app", "another case"),
        ("alice ", "app", "a space more"),
        ("app", "alice", "turned around"),
    ] {
        hidden(&place, &id, &place.issuer.token_for(subject, client, ALL), why).await;
    }
    let again = place.issuer.token_for("alice", "app", "files:read");
    let ping = Draft::legacy(&id, "ping", json!({}));
    assert_eq!(ping.bearer(&again).send(place.router()).await.status, 200, "her own, with a new token");
}

#[tokio::test]
async fn rs_24_names_cannot_be_pieced_together() {
    let place = Place::start().await;
    for ((subject, client), (other_subject, other_client)) in [
        (("a", "b:c"), ("a:b", "c")),
        (("a", "b|c"), ("a|b", "c")),
        (("a\u{0}b", "c"), ("a", "b\u{0}c")),
        (("", "ab"), ("a", "b")),
        (("ab", "c"), ("a", "bc")),
    ] {
        let token = place.issuer.token_for(subject, client, "");
        let opened =
            mcp_tests::wire::Draft::initialize("2025-11-25").bearer(&token).send(place.router()).await;
        if opened.status == 401 {
            // A name that is refused belongs to nobody.
            continue;
        }
        let id = opened.header("mcp-session-id").to_owned();
        let other = place.issuer.token_for(other_subject, other_client, "");
        let reply = Draft::legacy(&id, "ping", json!({})).bearer(&other).send(place.router()).await;
        assert_eq!(reply.status, 404, "{subject:?} {client:?} is not {other_subject:?} {other_client:?}");
        let own = Draft::legacy(&id, "ping", json!({})).bearer(&token).send(place.router()).await;
        assert_eq!(own.status, 200, "{own:?}");
    }
}

#[tokio::test]
async fn rs_24_a_user_of_another_issuer_is_a_stranger() {
    let (one, other) = (Issuer::start().await, Issuer::start().await);
    let files = Files::start_with(&[&one, &other], |_| {}).await;
    let id = session(files.router(), &one.token_for("alice", "app", "")).await;
    let ping = Draft::legacy(&id, "ping", json!({}));
    let foreign = ping.clone().bearer(&other.token_for("alice", "app", "")).send(files.router()).await;
    assert_eq!(foreign.status, 404, "{foreign:?}");
    assert_eq!(ping.bearer(&one.token_for("alice", "app", "")).send(files.router()).await.status, 200);
}

#[tokio::test]
async fn rs_26_a_client_that_is_called_as_a_user_is_not_that_user() {
    let place = Place::start().await;
    let user = place.issuer.token_for("app", "web", ALL);
    let machine = place.issuer.token_for("app", "app", ALL);
    let by_itself = place.issuer.token_for("web", "web", ALL);
    let id = session(place.router(), &user).await;
    hidden(&place, &id, &machine, "a client of the user's name").await;
    hidden(&place, &id, &by_itself, "the user's client on its own behalf").await;
    let id = session(place.router(), &machine).await;
    hidden(&place, &id, &user, "a user of the client's name").await;
    let same = place.issuer.token_for("app", "app", "");
    let ping = Draft::legacy(&id, "ping", json!({})).bearer(&same).send(place.router()).await;
    assert_eq!(ping.status, 200, "the same client, with another token");
}

#[tokio::test]
async fn rs_24_a_stranger_cannot_end_a_session() {
    let place = Place::start().await;
    let alice = place.issuer.token_for("alice", "app", "");
    let id = session(place.router(), &alice).await;
    let end = Draft::legacy(&id, "", json!({})).method(Method::DELETE).text("");
    let bob = place.issuer.token_for("bob", "app", "");
    assert_eq!(end.clone().bearer(&bob).send(place.router()).await.status, 404);
    let ping = Draft::legacy(&id, "ping", json!({})).bearer(&alice);
    assert_eq!(ping.send(place.router()).await.status, 200);
    assert!(end.bearer(&alice).send(place.router()).await.status < 300);
    assert_eq!(ping.send(place.router()).await.status, 404);
}

#[tokio::test]
async fn rs_19_a_session_holds_no_scopes() {
    let place = Place::start().await;
    let id = session(place.router(), &place.issuer.token(ALL)).await;
    let call = json!({ "name": "write_file", "arguments": { "path": "b.txt", "text": "x" } });
    let draft = Draft::legacy(&id, "tools/call", call);
    let poor = draft.clone().bearer(&place.issuer.token("files:read")).send(place.router()).await;
    assert_eq!(poor.status, 403, "opened with more: {poor:?}");
    assert!(!place.files.folder().join("b.txt").exists());
    assert_eq!(draft.bearer(&place.issuer.token(ALL)).send(place.router()).await.status, 200);
}

#[tokio::test]
async fn tr_14_a_session_is_not_guessed() {
    let place = Place::start().await;
    let token = place.issuer.token("");
    let mut seen = BTreeSet::new();
    for _ in 0..20 {
        let id = session(place.router(), &token).await;
        assert!(id.len() >= 22 && id.bytes().all(|byte| (0x21..=0x7e).contains(&byte)), "{id}");
        assert!(seen.insert(id.clone()));
        let guess: String = id.chars().rev().collect();
        for wrong in [&id[..id.len() - 1], &guess, &id.to_uppercase(), "x"] {
            let reply = Draft::legacy(wrong, "ping", json!({})).bearer(&token).send(place.router()).await;
            assert!(wrong == id || reply.status == 404, "{wrong}: {reply:?}");
        }
    }
    let without = Draft::legacy("x", "ping", json!({})).without("mcp-session-id").bearer(&token);
    assert_eq!(without.send(place.router()).await.status, 400);
    let printed = place.files.printed();
    assert!(seen.iter().all(|id| !printed.contains(id.as_str())), "a session's id is in the log");
}

#[tokio::test]
async fn tr_14_the_modern_era_has_no_sessions() {
    let place = Place::start().await;
    let (alice, bob) =
        (place.issuer.token_for("alice", "app", ALL), place.issuer.token_for("bob", "app", ""));
    let id = session(place.router(), &alice).await;
    let reply = write("b.txt").header("mcp-session-id", &id).bearer(&bob).send(place.router()).await;
    assert_eq!(reply.status, 403, "it gives nothing: {reply:?}");
    let reply = write("b.txt").header("mcp-session-id", &id).bearer(&alice).send(place.router()).await;
    assert_eq!(reply.status, 200, "it takes nothing: {reply:?}");
    assert!(!reply.headers.contains_key("mcp-session-id"));
}

#[tokio::test]
async fn tr_15_one_id_of_two_clients_is_two_requests() {
    let place = Place::start().await;
    let who = |name: &str| super::whoami().id(1).bearer(&place.issuer.token_for(name, "app", ""));
    let (alice, bob) = (who("alice"), who("bob"));
    for _ in 0..20 {
        let (one, other) = tokio::join!(alice.send(place.router()), bob.send(place.router()));
        assert_eq!(super::caller(&one)["subject"], "alice");
        assert_eq!(super::caller(&other)["subject"], "bob");
    }
}

#[tokio::test]
async fn tr_13_the_sessions_of_one_do_not_use_up_all() {
    let own =
        Own::start(|issuer| Auth::issuer(issuer.url()), |server| server.tool(who()).max_sessions(6, 3)).await;
    let of = |name: &str| own.mint("").of(name, "app").token();
    let bob = session(&own.router, &of("bob")).await;
    let mut last = String::new();
    for _ in 0..20 {
        last = session(&own.router, &of("alice")).await;
    }
    for (id, name) in [(&bob, "bob"), (&last, "alice")] {
        let ping = Draft::legacy(id, "ping", json!({})).bearer(&of(name));
        assert_eq!(ping.send(&own.router).await.status, 200, "{name} lost something");
    }
}
