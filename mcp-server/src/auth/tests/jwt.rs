//! Which JWTs are taken.

use aws_lc_rs::encoding::AsDer;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::{
    super::{Algorithm, Auth, Issuer},
    ISSUER, KEYS, RESOURCE, Signer, World, json as says,
    signer::{hmac, unsigned},
};

const OTHER: &str = "https://login.example.org";

#[tokio::test]
async fn what_a_good_token_says_is_given() {
    let world = World::new();
    let verified = world.takes(&world.token(json!({ "org": { "id": 7 } }))).await;
    assert_eq!(verified.issuer, ISSUER);
    assert_eq!((verified.subject.as_deref(), verified.client.as_deref()), (Some("ada"), Some("editor")));
    assert_eq!(verified.scopes, ["files:read", "files:write"]);
    assert_eq!((&verified.claims["org"], &verified.claims["jti"]), (&json!({ "id": 7 }), &json!("1")));
    assert_eq!(verified.cache_for, None);
}

#[tokio::test]
async fn rs_7_the_audience_is_this_server_or_one_that_is_configured() {
    let world = World::with(|issuer| issuer.audience("api://files"));
    for good in
        [json!(RESOURCE), json!("HTTPS://MCP.example.com/mcp"), json!("api://files"), json!(["x", RESOURCE])]
    {
        world.takes(&world.token(json!({ "aud": good }))).await;
    }
    let world = World::new();
    world.refuses(&world.token(json!({ "aud": "api://files" })), "somebody else").await;
    for foreign in
        [json!([]), json!(""), json!("https://mcp.example.com"), json!(["https://mcp.example.com/"])]
    {
        world.refuses(&world.token(json!({ "aud": foreign })), "somebody else").await;
    }
}

#[tokio::test]
async fn rs_7_a_sibling_path_or_a_longer_host_is_not_the_audience() {
    let world = World::new();
    for near in ["/mcp2", "/mcp/", "/mcp/admin", "/", ""] {
        let token = world.token(json!({ "aud": format!("https://mcp.example.com{near}") }));
        world.refuses(&token, "somebody else").await;
    }
    world.refuses(&world.token(json!({ "aud": "https://mcp.example.com.evil/mcp" })), "somebody else").await;
}

#[tokio::test]
async fn rs_7_a_token_without_an_audience_or_with_a_malformed_one_is_refused() {
    let world = World::new();
    world.refuses(&world.token(json!({ "aud": null })), "no `aud`").await;
    for malformed in
        [json!(7), json!([RESOURCE, 7]), json!({ RESOURCE: true }), json!([[RESOURCE]]), json!(true)]
    {
        world
            .refuses(&world.token(json!({ "aud": malformed })), "not a string, or an array of strings")
            .await;
    }
}

#[tokio::test]
async fn rs_8_the_issuer_is_a_single_string_and_configured() {
    let world = World::new();
    for malformed in
        [json!([ISSUER]), json!(["https://evil.example", ISSUER]), json!(7), json!({}), json!(null)]
    {
        world.refuses(&world.token(json!({ "iss": malformed })), "missing, or not a string").await;
    }
    for strange in ["https://id.example.com/", "https://ID.example.com", "https://id.example.com.evil", ""] {
        world.refuses(&world.token(json!({ "iss": strange })), "none of those").await;
    }
    assert_eq!(world.answers.count(KEYS), 0, "nobody was asked for them");
    world.takes(&world.token(json!({}))).await;
}

#[tokio::test]
async fn rs_8_one_issuers_key_signs_for_no_other() {
    let world = World::of(Auth::issuer(ISSUER).or(Auth::issuer(OTHER)));
    let other = Signer::p256("one");
    let at = |path: &str| format!("{OTHER}{path}");
    let metadata = json!({ "issuer": OTHER, "jwks_uri": at("/keys") });
    world.answers.says(&at("/.well-known/oauth-authorization-server"), says(&metadata));
    world.answers.says(&at("/keys"), says(&json!({ "keys": [other.jwk()] })));
    let of = |issuer: &str| world.claims(json!({ "iss": issuer }));
    world.takes(&world.signer.token(json!({}), of(ISSUER))).await;
    assert_eq!(world.takes(&other.token(json!({}), of(OTHER))).await.issuer, OTHER);
    world.refuses(&other.token(json!({}), of(ISSUER)), "signature").await;
    world.refuses(&world.signer.token(json!({}), of(OTHER)), "signature").await;
    assert_eq!(world.tokens.issuers(), [ISSUER, OTHER]);
}

#[tokio::test]
async fn rs_10_every_usual_algorithm_is_taken() {
    let signers = [
        Signer::rsa("r", "RS256"),
        Signer::rsa("p", "PS256"),
        Signer::p256("e"),
        Signer::p384("f"),
        Signer::ed25519("d"),
    ];
    let world = World::new();
    world.answers.publish(&signers.each_ref());
    for signer in &signers {
        world.takes(&signer.token(json!({}), world.claims(json!({})))).await;
    }
    let newer = json!({ "alg": "Ed25519" });
    world.takes(&signers[4].token(newer, world.claims(json!({})))).await;
}

#[tokio::test]
async fn rs_10_an_algorithm_that_is_not_allowed_is_refused() {
    let signer = Signer::rsa("r", "RS512");
    let world = World::new();
    world.answers.publish(&[&signer]);
    let token = signer.token(json!({}), world.claims(json!({})));
    world.refuses(&token, "`alg`").await;
    let world = World::with(|issuer| issuer.algorithms([Algorithm::Rs512]));
    world.answers.publish(&[&signer, &world.signer]);
    world.takes(&token).await;
    world.refuses(&world.token(json!({})), "`alg`").await;
}

#[tokio::test]
async fn rs_10_a_token_that_is_not_signed_is_refused() {
    let world = World::new();
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let header = json!({ "typ": "at+jwt", "alg": none, "kid": "one" });
        world.refuses(&unsigned(&header, &world.claims(json!({}))), "`alg`").await;
        world.refuses(&world.headed(json!({ "alg": none })), "`alg`").await;
    }
    world.refuses(&world.headed(json!({ "alg": null })), "`alg`").await;
    world.refuses(&world.headed(json!({ "alg": ["ES256"] })), "`alg`").await;
    let good = world.token(json!({}));
    let (message, signature) = good.rsplit_once('.').unwrap();
    world.refuses(&format!("{message}."), "signature").await;
    world.refuses(&format!("{message}.{}", URL_SAFE_NO_PAD.encode([0; 64])), "signature").await;
    world.takes(&format!("{message}.{signature}")).await;
}

#[tokio::test]
async fn rs_10_a_public_key_is_no_shared_secret() {
    let world = World::new();
    let rsa = Signer::rsa("r", "RS256");
    world.answers.publish(&[&rsa, &world.signer]);
    let pem = |der: &[u8]| {
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n").into_bytes()
    };
    let parsed = aws_lc_rs::rsa::PublicKey::from_der(&rsa.public()).unwrap();
    let der: aws_lc_rs::encoding::PublicKeyX509Der<'_> = parsed.as_der().unwrap();
    let secrets =
        [rsa.public(), pem(der.as_ref()), der.as_ref().to_vec(), rsa.jwk().to_string().into_bytes()];
    for secret in secrets {
        world.refuses(&hmac(&secret, "r", world.claims(json!({}))), "`alg`").await;
    }
    world.refuses(&hmac(&world.signer.public(), "one", world.claims(json!({}))), "`alg`").await;
    // Nor is a secret that somebody has published.
    let shared = json!({ "kty": "oct", "kid": "s", "k": URL_SAFE_NO_PAD.encode([7; 32]) });
    world.answers.publish_keys(&[shared]);
    world.refuses(&hmac(&[7; 32], "s", world.claims(json!({}))), "`alg`").await;
}

#[tokio::test]
async fn rs_10_the_keys_that_a_token_brings_along_are_not_read() {
    let world = World::new();
    let evil = Signer::p256("evil");
    let brought = json!({
        "jwk": evil.jwk(), "jku": "https://evil.example/keys", "x5u": "https://evil.example/chain", "x5c": ["AA=="],
    });
    for id in [json!("one"), json!(null)] {
        let mut header = brought.clone();
        header["kid"] = id;
        world.refuses(&evil.token(header, world.claims(json!({}))), "signature").await;
    }
    world.refuses(&evil.token(brought.clone(), world.claims(json!({}))), "no key of its `kid`").await;
    world.takes(&world.headed(brought)).await;
    assert!(world.answers.asked().iter().all(|asked| asked.url.starts_with(ISSUER)));
}

#[tokio::test]
async fn rs_10_a_key_is_used_for_nothing_else_than_it_says() {
    let (world, rsa) = (World::new(), Signer::rsa("r", "RS256"));
    let jwk = |changes| super::changed(rsa.jwk(), changes);
    let token = rsa.token(json!({}), world.claims(json!({})));
    for (key, is_good) in [
        (jwk(json!({})), true),
        (jwk(json!({ "alg": "RS256", "use": "sig", "key_ops": ["verify"] })), true),
        (jwk(json!({ "alg": "PS256" })), false),
        (jwk(json!({ "alg": "RSA-OAEP" })), false),
        (jwk(json!({ "alg": "ES256" })), false),
        (jwk(json!({ "alg": 7 })), false),
        (jwk(json!({ "use": "enc" })), false),
        (jwk(json!({ "key_ops": ["encrypt"] })), false),
        (jwk(json!({ "key_ops": "verify" })), false),
        (jwk(json!({ "d": "AA" })), false),
        (jwk(json!({ "kty": "EC" })), false),
    ] {
        let world = World::new();
        world.answers.publish_keys(std::slice::from_ref(&key));
        assert_eq!(world.verify(&token).await.is_ok(), is_good, "{key}");
    }
    // Another kind than the header says.
    world.refuses(&world.headed(json!({ "alg": "RS256" })), "fits").await;
    world.refuses(&world.headed(json!({ "alg": "ES384" })), "fits").await;
    world.refuses(&world.headed(json!({ "alg": "EdDSA" })), "fits").await;
}

#[tokio::test]
async fn rs_11_only_an_access_token_is_taken() {
    let world = World::new();
    for good in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"] {
        world.takes(&world.headed(json!({ "typ": good }))).await;
    }
    for untyped in [json!(null), json!("JWT"), json!("jwt"), json!("application/jwt")] {
        world.refuses(&world.headed(json!({ "typ": untyped })), "doesn't say").await;
    }
    for strange in ["dpop+jwt", "logout+jwt", "id+jwt", "refresh+jwt", "at+jwt2", "at", ""] {
        world.refuses(&world.headed(json!({ "typ": strange })), "not an access token").await;
    }
    world.refuses(&world.headed(json!({ "typ": 7 })), "not a string").await;
}

#[tokio::test]
async fn rs_11_an_issuer_that_says_no_type_must_name_client_and_scopes() {
    let world = World::with(|issuer| issuer.warning_accept_untyped(true));
    for kind in [json!(null), json!("JWT"), json!("at+jwt")] {
        world.takes(&world.headed(json!({ "typ": kind }))).await;
    }
    world.refuses(&world.headed(json!({ "typ": "logout+jwt" })), "not an access token").await;
    let untyped = |changes| world.signer.token(json!({ "typ": "JWT" }), world.claims(changes));
    for id_token in [json!({ "nonce": "n" }), json!({ "at_hash": "h" }), json!({ "c_hash": "h" })] {
        world.refuses(&untyped(id_token), "ID token").await;
    }
    for lacking in
        [json!({ "client_id": null }), json!({ "scope": null }), json!({ "client_id": null, "scope": null })]
    {
        world.refuses(&untyped(lacking), "no client and scopes").await;
    }
    for client in ["azp", "cid", "appid"] {
        let verified = world.takes(&untyped(json!({ "client_id": null, client: "portal" }))).await;
        assert_eq!(verified.client.as_deref(), Some("portal"), "{client}");
    }
    // One that says what it is needs neither.
    world.takes(&world.token(json!({ "scope": null, "client_id": null }))).await;
}

#[tokio::test]
async fn rs_11_an_access_token_names_its_subject_and_its_client() {
    let world = World::new();
    world.refuses(&world.token(json!({ "sub": null })), "no `sub`").await;
    world.refuses(&world.token(json!({ "client_id": null })), "no `client_id`").await;
    world.refuses(&world.token(json!({ "client_id": null, "azp": "portal" })), "no `client_id`").await;
    let machine = world.takes(&world.token(json!({ "sub": "editor" }))).await;
    assert_eq!((machine.subject, machine.client.as_deref()), (None, Some("editor")), "it acts for itself");
    let world = World::with(|issuer| issuer.client_claim("azp"));
    world.refuses(&world.token(json!({})), "no `client_id`").await;
    let named = world.takes(&world.token(json!({ "client_id": null, "azp": "portal" }))).await;
    assert_eq!(named.client.as_deref(), Some("portal"));
    let world = World::with(|issuer| issuer.warning_accept_untyped(true));
    world.takes(&world.token(json!({ "sub": null }))).await;
}

#[tokio::test]
async fn rs_12_what_is_critical_encrypted_nested_or_packed_is_refused() {
    let world = World::new();
    for (header, reason) in [
        (json!({ "crit": ["x"], "x": 1 }), "`crit`"),
        (json!({ "crit": [] }), "`crit`"),
        (json!({ "b64": false, "crit": ["b64"] }), "`crit`"),
        (json!({ "b64": true }), "`b64`"),
        (json!({ "zip": "DEF" }), "`zip`"),
        (json!({ "enc": "A256GCM" }), "`enc`"),
        (json!({ "cty": "JWT" }), "another JWT"),
        (json!({ "cty": "jwt" }), "another JWT"),
        (json!({ "cty": 7 }), "`cty`"),
    ] {
        world.refuses(&world.headed(header), reason).await;
    }
    let good = world.headed(json!({ "x": 1, "cty": "json" }));
    world.takes(&good).await;
    world.refuses(&format!("{good}.AA.AA"), "not a JWT").await;
}

#[tokio::test]
async fn what_two_readers_could_read_differently_is_refused() {
    let world = World::new();
    let (header, claims) =
        (r#"{"typ":"at+jwt","alg":"ES256","kid":"one"}"#, world.claims(json!({})).to_string());
    world.takes(&world.signer.signed(header, &claims)).await;
    let twice = claims.replacen('{', r#"{"aud":"https://other.example","#, 1);
    world.refuses(&world.signer.signed(header, &twice), "a key twice").await;
    let twice = header.replacen('{', r#"{"alg":"none","#, 1);
    world.refuses(&world.signer.signed(&twice, &claims), "a key twice").await;
    for claims in ["[]", "7", "", "null", "{\"a\":1} x"] {
        world.refuses(&world.signer.signed(header, claims), "not a JSON object").await;
    }
    let (token, other) = (world.token(json!({})), world.token(json!({ "sub": "eve" })));
    let parts: Vec<&str> = token.split('.').collect();
    let foreign: Vec<&str> = other.split('.').collect();
    world.refuses(&format!("{}.{}.{}", parts[0], foreign[1], parts[2]), "signature").await;
    for text in [
        "",
        ".",
        "..",
        "a.b",
        "x",
        "e30.e30",
        &format!("{token}="),
        &format!(" {token}"),
        &format!("{token}\n"),
    ] {
        world.refuses(text, "not a JWT").await;
    }
}

#[tokio::test]
async fn rs_28_a_token_that_is_bound_to_a_key_is_refused() {
    let world = World::new();
    for bound in [json!({ "jkt": "thumbprint" }), json!({ "x5t#S256": "hash" }), json!({}), json!(7)] {
        world.refuses(&world.token(json!({ "cnf": bound })), "`cnf`").await;
    }
    let null = world.claims(json!({})).to_string().replacen('{', r#"{"cnf":null,"#, 1);
    let header = r#"{"typ":"at+jwt","alg":"ES256","kid":"one"}"#;
    world.refuses(&world.signer.signed(header, &null), "`cnf`").await;
}

#[tokio::test]
async fn rs_26_a_client_on_its_own_behalf_is_no_user() {
    let world = World::with(|issuer| issuer.warning_accept_untyped(true));
    for client in [json!({ "sub": null }), json!({ "sub": "editor" })] {
        let verified = world.takes(&world.token(client)).await;
        assert_eq!((verified.subject, verified.client.as_deref()), (None, Some("editor")));
    }
    let verified = world.takes(&world.token(json!({ "client_id": null }))).await;
    assert_eq!((verified.subject.as_deref(), verified.client), (Some("ada"), None));
    world.refuses(&world.token(json!({ "sub": null, "client_id": null })), "neither").await;
    for malformed in [json!(7), json!(""), json!(["ada"])] {
        world.refuses(&world.token(json!({ "sub": malformed })), "`sub`").await;
        world.refuses(&world.token(json!({ "client_id": malformed })), "client").await;
    }
}

#[tokio::test]
async fn the_client_is_where_the_issuer_says_or_where_it_usually_is() {
    let world = World::new();
    let both = world.token(json!({ "azp": "portal" }));
    assert_eq!(world.takes(&both).await.client.as_deref(), Some("editor"));
    let world = World::with(|issuer| issuer.client_claim("azp"));
    let both = world.token(json!({ "azp": "portal" }));
    assert_eq!(world.takes(&both).await.client.as_deref(), Some("portal"));
    world.refuses(&world.token(json!({})), "no `client_id`").await;
}

#[tokio::test]
async fn rs_20_scopes_are_read_in_every_way_they_are_written() {
    let world = World::new();
    for (claims, scopes) in [
        (json!({ "scope": "a b" }), vec!["a", "b"]),
        (json!({ "scope": " a  B " }), vec!["a", "B"]),
        (json!({ "scope": "" }), vec![]),
        (json!({ "scope": null }), vec![]),
        (json!({ "scope": ["a", "b c"] }), vec!["a", "b c"]),
        (json!({ "scope": null, "scp": "a b" }), vec!["a", "b"]),
        (json!({ "scope": null, "scp": ["a", "b"] }), vec!["a", "b"]),
        (json!({ "scope": "a", "scp": "b" }), vec!["a"]),
    ] {
        assert_eq!(world.takes(&world.token(claims.clone())).await.scopes, scopes, "{claims}");
    }
    for malformed in [json!(7), json!({ "a": true }), json!(["a", 7])] {
        world.refuses(&world.token(json!({ "scope": malformed })), "scopes").await;
    }
    let world = World::with(|issuer| Issuer::scopes_claim(issuer, "permissions"));
    let token = world.token(json!({ "permissions": ["a"] }));
    assert_eq!(world.takes(&token).await.scopes, ["a"]);
    assert_eq!(world.takes(&world.token(json!({}))).await.scopes, [""; 0]);
}
