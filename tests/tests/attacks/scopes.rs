//! What a good token may do.

use mcp_tests::{
    challenge::Challenge,
    wire::{Draft, LEGACY, Reply},
};
use serde_json::{Value, json};

use super::{ALL, Place, names, session, whoami, write};

/// Sees to it that an answer names all that is missing.
fn lacking(reply: &Reply, scope: &str, why: &str) {
    assert_eq!(reply.status, 403, "{why}: {reply:?}");
    let challenge = Challenge::of(reply);
    assert_eq!(challenge.get("error"), "insufficient_scope", "{why}");
    assert_eq!(challenge.get("scope"), scope, "{why}");
    assert!(
        challenge.get("resource_metadata").contains("/.well-known/oauth-protected-resource/mcp"),
        "{why}"
    );
    assert!(!reply.header("content-type").starts_with("text/event-stream"), "{why}: before any stream");
}

/// The calls of files, and what each needs.
fn calls() -> [(Draft, &'static str); 4] {
    [
        (Draft::call("list_files", json!({})), "files:read"),
        (Draft::call("read_file", json!({ "path": "a.txt" })), "files:read"),
        (write("b.txt"), "files:write"),
        (Draft::call("delete_file", json!({ "path": "a.txt" })), "files:write"),
    ]
}

#[tokio::test]
async fn rs_19_a_missing_scope_is_a_403_that_names_it() {
    let place = Place::start().await;
    for (draft, needed) in calls() {
        let other = if needed == "files:read" { "other" } else { "files:read" };
        for scopes in ["", other] {
            let reply = draft.clone().bearer(&place.issuer.token(scopes)).send(place.router()).await;
            lacking(&reply, needed, &draft.payload());
        }
        let reply = draft.clone().bearer(&place.issuer.token(needed)).send(place.router()).await;
        assert_eq!(reply.status, 200, "{}: {reply:?}", draft.payload());
    }
}

#[tokio::test]
async fn rs_19_a_missing_scope_is_a_403_in_a_session_too() {
    let place = Place::start().await;
    let (poor, rich) = (place.issuer.token("files:read"), place.issuer.token(ALL));
    let session = session(place.router(), &poor).await;
    let call = json!({ "name": "write_file", "arguments": { "path": "b.txt", "text": "x" } });
    let draft = Draft::legacy(&session, "tools/call", call);
    lacking(&draft.clone().bearer(&poor).send(place.router()).await, "files:write", "in a session");
    assert!(!place.files.folder().join("b.txt").exists());
    let reply = draft.bearer(&rich).send(place.router()).await;
    assert_eq!(reply.status, 200, "stepped up within the session: {reply:?}");
    assert!(place.files.folder().join("b.txt").exists());
}

#[tokio::test]
async fn rs_19_scopes_come_before_arguments() {
    let place = Place::start().await;
    for arguments in [json!({}), json!({ "path": 7 }), json!({ "unknown": 1 }), json!([]), json!("x")] {
        let draft = Draft::call("write_file", arguments.clone());
        let poor = draft.clone().bearer(&place.issuer.token("files:read")).send(place.router()).await;
        lacking(&poor, "files:write", &arguments.to_string());
        let rich = draft.bearer(&place.issuer.token(ALL)).send(place.router()).await;
        assert!(rich.status != 403 && rich.status != 401, "{arguments}: {rich:?}");
    }
}

#[tokio::test]
async fn rs_20_a_scope_is_a_word_and_not_a_part_of_one() {
    let place = Place::start().await;
    let draft = write("b.txt");
    for scopes in [
        "files:writer",
        "files:writ",
        "xfiles:write",
        "FILES:WRITE",
        "Files:write",
        "files:write,files:read",
        "files:read,files:write",
        "files:*",
        "*",
        "files",
        "files:write\tx",
        "files:write\u{a0}",
        "\"files:write\"",
        "-files:write",
    ] {
        let reply = draft.clone().bearer(&place.issuer.token(scopes)).send(place.router()).await;
        assert!(matches!(reply.status, 401 | 403), "{scopes:?}: {reply:?}");
    }
    assert!(!place.files.folder().join("b.txt").exists());
    for scopes in ["files:write", "files:read files:write", "x files:write y"] {
        let reply = draft.clone().bearer(&place.issuer.token(scopes)).send(place.router()).await;
        assert_eq!(reply.status, 200, "{scopes:?}: {reply:?}");
    }
}

#[tokio::test]
async fn rs_20_other_claims_are_no_scopes() {
    let place = Place::start().await;
    for claim in ["permissions", "roles", "groups", "scopes", "authorities"] {
        let token = place.issuer.mint("files:read").claim(claim, json!(["files:write"])).token();
        let reply = write("b.txt").bearer(&token).send(place.router()).await;
        lacking(&reply, "files:write", claim);
    }
    let token = place.issuer.mint("files:read").claim("scp", json!(["files:write"])).token();
    lacking(&write("b.txt").bearer(&token).send(place.router()).await, "files:write", "beside `scope`");
}

#[tokio::test]
async fn rs_21_a_tool_for_every_caller_still_needs_one() {
    let place = Place::start().await;
    assert_eq!(whoami().send(place.router()).await.status, 401);
    let reply = place.whoami(&place.issuer.token("")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(super::caller(&reply)["scopes"], json!([]));
    let without = place.whoami(&place.issuer.mint("").without("scope").token()).await;
    assert!(matches!(without.status, 200 | 401), "{without:?}");
}

#[tokio::test]
async fn rs_22_a_list_holds_what_may_be_called() {
    let place = Place::start().await;
    for (scopes, expected) in [
        ("", vec!["whoami"]),
        ("files:read", vec!["list_files", "read_file", "whoami"]),
        ("files:write", vec!["delete_file", "whoami", "write_file"]),
        (ALL, vec!["delete_file", "list_files", "read_file", "whoami", "write_file"]),
    ] {
        let token = place.issuer.token(scopes);
        let reply = Draft::modern("tools/list", json!({})).bearer(&token).send(place.router()).await;
        let mut found = names(&reply);
        found.sort();
        assert_eq!(found, expected, "{scopes:?}");
        assert_eq!(reply.result()["cacheScope"], "private", "{scopes:?}");
        let session = session(place.router(), &token).await;
        let legacy = Draft::legacy(&session, "tools/list", json!({})).bearer(&token);
        let mut found = names(&legacy.send(place.router()).await);
        found.sort();
        assert_eq!(found, expected, "in a session: {scopes:?}");
    }
}

#[tokio::test]
async fn rs_22_a_list_is_of_its_token_and_not_of_the_one_before() {
    let place = Place::start().await;
    let (poor, rich) = (place.issuer.token(""), place.issuer.token(ALL));
    let list = Draft::modern("tools/list", json!({}));
    for _ in 0..3 {
        for (token, count) in [(&rich, 5), (&poor, 1)] {
            let reply = list.clone().bearer(token).send(place.router()).await;
            assert_eq!(names(&reply).len(), count);
        }
    }
}

#[tokio::test]
async fn rs_22_an_unknown_tool_is_unknown_to_everybody() {
    let place = Place::start().await;
    for scopes in ["", ALL] {
        let draft = Draft::call("no_such", json!({})).bearer(&place.issuer.token(scopes));
        let reply = draft.send(place.router()).await;
        assert_eq!(reply.code(), -32602, "{reply:?}");
        let text = reply.json()["error"]["message"].as_str().unwrap().to_owned();
        for hidden in ["write_file", "delete_file"] {
            assert!(!scopes.is_empty() || !text.contains(hidden), "{text}");
        }
    }
}

#[tokio::test]
async fn rs_22_a_near_name_does_not_show_what_is_hidden() {
    let place = Place::start().await;
    for near in ["write_fil", "delete_fil", "read_fil"] {
        let draft = Draft::call(near, json!({})).bearer(&place.issuer.token(""));
        let text = draft.send(place.router()).await.json().to_string();
        assert!(!text.contains(&format!("{near}e")), "{text}");
    }
}

#[tokio::test]
async fn tr_7_scopes_are_of_the_bodys_tool() {
    let place = Place::start().await;
    let poor = place.issuer.token("files:read");
    for name in ["list_files", "whoami", "=?base64?bGlzdF9maWxlcw==?=", "WRITE_FILE"] {
        let draft = write("b.txt").header("mcp-name", name).bearer(&poor);
        let reply = draft.send(place.router()).await;
        assert!(matches!(reply.status, 400 | 403), "{name}: {reply:?}");
    }
    for method in ["tools/list", "server/discover"] {
        let draft = write("b.txt").header("mcp-method", method).bearer(&poor);
        let reply = draft.send(place.router()).await;
        assert!(matches!(reply.status, 400 | 403), "{method}: {reply:?}");
    }
    assert!(!place.files.folder().join("b.txt").exists());
    let encoded = write("b.txt").header("mcp-name", "=?base64?d3JpdGVfZmlsZQ==?=");
    let reply = encoded.bearer(&place.issuer.token(ALL)).send(place.router()).await;
    assert_eq!(reply.status, 200, "the right name, in any writing: {reply:?}");
}

#[tokio::test]
async fn rs_21_a_batch_is_as_strict_as_its_parts() {
    let place = Place::start().await;
    let batch = |text: &str| {
        let call = |id: u32, name: &str, arguments: Value| {
            json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call",
                "params": { "name": name, "arguments": arguments } })
        };
        json!([
            call(1, "list_files", json!({})),
            call(2, "write_file", json!({ "path": "b.txt", "text": text })),
        ])
    };
    let open = async |token: &str| {
        let reply = Draft::initialize("2025-03-26").bearer(token).send(place.router()).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.header("mcp-session-id").to_owned()
    };
    let send = async |token: &str| {
        let draft = Draft::post(batch("x")).header("mcp-session-id", &open(token).await).bearer(token);
        draft.send(place.router()).await
    };
    let poor = send(&place.issuer.token("files:read")).await;
    assert!(!place.files.folder().join("b.txt").exists(), "{poor:?}");
    let rich = send(&place.issuer.token(ALL)).await;
    assert_eq!(rich.status, 200, "{rich:?}");
    assert!(place.files.folder().join("b.txt").exists(), "{rich:?}");
}

#[tokio::test]
async fn rs_21_what_needs_approval_is_not_done() {
    let place = Place::start().await;
    let draft = Draft::call("delete_file", json!({ "path": "a.txt" }));
    let reply = draft.bearer(&place.issuer.token(ALL)).send(place.router()).await;
    assert!(reply.tool_error().contains("approv"), "{reply:?}");
    assert!(place.files.folder().join("a.txt").exists());
}

#[tokio::test]
async fn rs_19_initialize_needs_no_scope() {
    let place = Place::start().await;
    let token = place.issuer.token("");
    assert_eq!(Draft::initialize(LEGACY).bearer(&token).send(place.router()).await.status, 200);
    let discover = Draft::modern("server/discover", json!({})).bearer(&token).send(place.router()).await;
    assert_eq!(discover.status, 200, "{discover:?}");
}
