//! What clients send once they have a token.

use http::Method;
use mcp_tests::wire::{Draft, LEGACY, MODERN};
use serde_json::{Value, json};

use super::{
    Expect::{self, *},
    HOST, Place, Rule,
    entry::initialize,
    get,
};

/// Opens a session with a token, and gives its id.
pub(crate) async fn session(place: &Place, revision: &str, token: &str) -> String {
    let reply = initialize(revision).bearer(token).send(place.files.router()).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.header("mcp-session-id").to_owned()
}

fn modern(method: &str, params: Value) -> Draft {
    Draft::modern(method, params).header("host", HOST)
}

/// What is said to a client that may: nothing of tokens, cookies or sessions.
fn fine(more: Expect) -> Vec<Expect> {
    vec![Status(&[200]), No("www-authenticate"), No("set-cookie"), more]
}

#[tokio::test]
async fn tr_17_the_newest_revision_has_no_session() {
    let place = Place::start().await;
    let token = place.issuer.token("files:read");
    let discover = || modern("server/discover", json!({})).bearer(&token);
    let unknown = modern("server/discover", json!({})).meta("protocolVersion", json!("2099-01-01"));
    let unknown = unknown.header("mcp-protocol-version", "2099-01-01").bearer(&token);
    let list = modern("tools/list", json!({})).bearer(&token);
    let stream = get("/mcp").header("mcp-protocol-version", MODERN).header("accept", "text/event-stream");
    let ends = stream.clone().method(Method::DELETE);
    let offered = || Holds("/result/supportedVersions", json!(LEGACY));
    let rules: [Rule; 7] = [
        (
            "claude.ai",
            "asks what there is, and stays if it can't",
            discover(),
            fine(Holds("/result/supportedVersions", json!(MODERN))),
        ),
        ("Claude Code", "asks which older revisions there are", discover(), fine(offered())),
        ("VS Code", "keeps no session here", discover(), fine(No("mcp-session-id"))),
        (
            "TypeScript",
            "chooses from what is supported",
            unknown,
            vec![
                Status(&[400]),
                Json("/error/code", json!(-32022)),
                Holds("/error/data/supported", json!(MODERN)),
            ],
        ),
        (
            "Claude Code",
            "shows a list to its user alone",
            list,
            fine(Json("/result/cacheScope", json!("private"))),
        ),
        ("Codex", "takes 405 for `no stream`", stream.bearer(&token), vec![Status(&[405])]),
        ("Codex", "takes 405 for `no session`", ends.bearer(&token), vec![Status(&[405])]),
    ];
    place.keeps(rules).await;
}

#[tokio::test]
async fn rs_4_a_session_is_as_clients_know_it() {
    let place = Place::start().await;
    let token = place.issuer.token("files:read");
    for revision in [LEGACY, "2025-06-18", "2025-03-26"] {
        let id = session(&place, revision, &token).await;
        let sent = |method: &str| Draft::legacy(&id, method, json!({})).of(revision).header("host", HOST);
        let ready = sent("notifications/initialized").notification();
        let accepted = vec![Status(&[202]), Empty, No("www-authenticate")];
        let list = sent("tools/list").bearer(&token);
        let begun = initialize(revision).header("mcp-method", "initialize").bearer(&token);
        let left = sent("").method(Method::DELETE).without("content-type").text("");
        let rules: [Rule; 6] = [
            (
                "Codex",
                "wants 202 and nothing more for a notification",
                ready.clone().bearer(&token),
                accepted,
            ),
            ("Codex", "brings the token with a notification too", ready, vec![Status(&[401])]),
            (
                "claude.ai",
                "names the method in a header of a later revision",
                list.clone().header("mcp-method", "tools/list"),
                fine(Json("/id", json!(1))),
            ),
            (
                "claude.ai",
                "names the method of its first message too",
                begun,
                fine(Json("/result/protocolVersion", json!(revision))),
            ),
            ("Cursor", "brings no cookie", list, fine(Json("/id", json!(1)))),
            ("Codex", "leaves", left.bearer(&token), vec![Status(&[200, 204])]),
        ];
        place.keeps(rules).await;
    }
}
