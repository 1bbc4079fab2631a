//! Where an issuer's keys are looked for.

use serde_json::{Value, json};

use super::{
    super::{Auth, Issuer},
    ISSUER, KEYS, METADATA, World,
    answers::{Answer, answer, json as says},
};

const OPENID: &str = "https://id.example.com/.well-known/openid-configuration";

fn metadata(changes: Value) -> Answer {
    says(&super::changed(json!({ "issuer": ISSUER, "jwks_uri": KEYS }), changes))
}

#[tokio::test]
async fn the_openid_document_is_as_good() {
    let world = World::new();
    world.answers.says(METADATA, answer(404, "", ""));
    world.answers.says(OPENID, metadata(json!({})));
    world.takes(&world.token(json!({}))).await;
    let urls: Vec<String> = world.answers.asked().into_iter().map(|asked| asked.url).collect();
    assert_eq!(urls, [METADATA, OPENID, KEYS]);
}

#[tokio::test]
async fn an_issuer_with_a_path_is_looked_for_in_three_places() {
    let tenant = "https://id.example.com/realms/one";
    let world = World::of(Auth::issuer(tenant));
    let document = metadata(json!({ "issuer": tenant }));
    world.answers.says(&format!("{tenant}/.well-known/openid-configuration"), document);
    world.takes(&world.token(json!({ "iss": tenant }))).await;
    let urls: Vec<String> = world.answers.asked().into_iter().map(|asked| asked.url).collect();
    let expected = [
        &format!("{METADATA}/realms/one"),
        &format!("{OPENID}/realms/one"),
        &format!("{tenant}/.well-known/openid-configuration"),
        KEYS,
    ];
    assert_eq!(urls, expected);
}

#[tokio::test]
async fn a_document_of_another_issuer_is_not_believed() {
    for strange in [
        json!({ "issuer": "https://id.example.com/" }),
        json!({ "issuer": "https://ID.example.com" }),
        json!({ "issuer": "https://honest.example" }),
        json!({ "issuer": [ISSUER] }),
        json!({ "issuer": null }),
    ] {
        let world = World::new();
        world.answers.says(METADATA, metadata(strange));
        world.cannot_tell(&world.token(json!({}))).await;
        assert_eq!(world.answers.count(KEYS), 0);
    }
}

#[tokio::test]
async fn rs_13_keys_are_fetched_by_https_only() {
    for strange in [
        json!({ "jwks_uri": "http://id.example.com/keys" }),
        json!({ "jwks_uri": "http://127.0.0.1/keys" }),
        json!({ "jwks_uri": "https://127.0.0.1/keys" }),
        json!({ "jwks_uri": "https://me:secret@id.example.com/keys" }),
        json!({ "jwks_uri": "file:///etc/passwd" }),
        json!({ "jwks_uri": "/keys" }),
        json!({ "jwks_uri": 7 }),
        json!({ "jwks_uri": null }),
    ] {
        let world = World::new();
        world.answers.says(METADATA, metadata(strange));
        world.cannot_tell(&world.token(json!({}))).await;
        assert!(world.answers.asked().iter().all(|asked| asked.url.contains(".well-known")));
    }
    let elsewhere = World::new();
    elsewhere.answers.says(METADATA, metadata(json!({ "jwks_uri": "https://keys.example.net/all" })));
    elsewhere
        .answers
        .says("https://keys.example.net/all", says(&json!({ "keys": [elsewhere.signer.jwk()] })));
    elsewhere.takes(&elsewhere.token(json!({}))).await;
}

#[tokio::test]
async fn an_issuer_on_this_machine_may_do_without_tls() {
    for host in ["http://localhost:9000", "http://127.0.0.1:9000", "http://[::1]:9000"] {
        let world = World::of(Auth::issuer(Issuer::new(host)));
        let keys = format!("{host}/keys");
        let document = metadata(json!({ "issuer": host, "jwks_uri": keys }));
        world.answers.says(&format!("{host}/.well-known/oauth-authorization-server"), document);
        world.answers.says(&keys, says(&json!({ "keys": [world.signer.jwk()] })));
        world.takes(&world.token(json!({ "iss": host }))).await;
    }
}

#[tokio::test]
async fn where_nobody_answers_the_other_documents_are_not_tried() {
    let world = World::new();
    world.answers.says(METADATA, Answer::Fails);
    world.cannot_tell(&world.token(json!({}))).await;
    assert_eq!(world.answers.asked().len(), 1);
}
