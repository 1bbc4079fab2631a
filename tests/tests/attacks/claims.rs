//! What a token says about its holder.

use mcp_tests::{files::Files, issuer::Issuer};
use serde_json::{Value, json};

use super::{Place, caller, whoami};

#[tokio::test]
async fn rs_26_a_subject_is_a_text() {
    let place = Place::start().await;
    for subject in [json!(7), json!(["alice"]), json!({}), json!(true)] {
        place.refuses(&place.mint().claim("sub", subject.clone()), &subject.to_string()).await;
    }
    place.admits(&place.mint(), "a text").await;
}

#[tokio::test]
async fn rs_26_a_client_on_its_own_behalf_is_no_user() {
    let place = Place::start().await;
    let who = async |subject: &str, client: &str| {
        caller(&place.whoami(&place.issuer.token_for(subject, client, "")).await)
    };
    assert_eq!(who("app", "app").await["subject"], Value::Null, "its subject is itself");
    place.refuses(&place.mint().without("sub"), "it has no subject").await;
    place.refuses(&place.mint().without("client_id"), "it has no client").await;
    assert_eq!(who("app", "web").await["subject"], "app", "a user of that name");
}

#[tokio::test]
async fn rs_26_what_a_client_says_of_itself_is_not_who_it_is() {
    let place = Place::start().await;
    let token = place.issuer.token_for("alice", "app", "files:read");
    let lying = whoami()
        .meta("clientInfo", json!({ "name": "admin", "version": "1" }))
        .body(|body| {
            let meta = &mut body["params"]["_meta"];
            for key in ["principal", "subject", "sub", "scope", "scopes"] {
                meta[key] = json!("root files:write");
            }
        })
        .header("x-user", "root")
        .header("x-forwarded-user", "root")
        .header("x-scopes", "files:write");
    let reply = lying.bearer(&token).send(place.router()).await;
    let expected = caller(&place.whoami(&token).await);
    assert_eq!(caller(&reply), expected);
    assert_eq!(expected["subject"], "alice");
}

#[tokio::test]
async fn rs_26_users_of_two_issuers_are_two() {
    let (one, other) = (Issuer::start().await, Issuer::start().await);
    let files = Files::start_with(&[&one, &other], |_| {}).await;
    let who = async |issuer: &Issuer| {
        caller(&whoami().bearer(&issuer.token_for("alice", "app", "")).send(files.router()).await)
    };
    let (first, second) = (who(&one).await, who(&other).await);
    assert_ne!(first["issuer"], second["issuer"]);
    assert_eq!(first["subject"], second["subject"]);
}

#[tokio::test]
async fn rs_20_scopes_are_words_in_one_text_or_a_list() {
    let place = Place::start().await;
    for (claim, value, expected) in [
        ("scope", json!("files:read files:write"), json!(["files:read", "files:write"])),
        ("scope", json!(""), json!([])),
        ("scp", json!("files:read"), json!(["files:read"])),
        ("scp", json!(["files:read", "files:write"]), json!(["files:read", "files:write"])),
    ] {
        let token = place.mint().without("scope").claim(claim, value.clone()).token();
        let mut scopes = caller(&place.whoami(&token).await)["scopes"].clone();
        scopes.as_array_mut().unwrap().sort_by_key(ToString::to_string);
        assert_eq!(scopes, expected, "{claim}: {value}");
    }
    for odd in [json!(7), json!({ "files:read": true }), json!([7])] {
        let reply = place.whoami(&place.mint().claim("scope", odd.clone()).token()).await;
        let nothing = reply.status == 401 || caller(&reply)["scopes"] == json!([]);
        assert!(nothing, "{odd}: {reply:?}");
    }
}
