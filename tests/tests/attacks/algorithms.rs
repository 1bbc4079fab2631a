//! How a token is signed.

use mcp_tests::issuer::{
    Issuer,
    key::{Key, Kind, encoded},
    mint::Mint,
};
use serde_json::{Value, json};

use super::{ALL, Place};

/// A server whose issuer has one key of this kind.
async fn with(kind: Kind) -> (Place, Key) {
    let place = Place::start().await;
    let key = place.issuer.rotate(kind, "the key");
    (place, key)
}

#[tokio::test]
async fn rs_10_asymmetric_algorithms_are_taken() {
    let place = Place::start().await;
    let kinds = [Kind::Rs256, Kind::Ps256, Kind::Es256, Kind::Es384, Kind::EdDsa];
    let keys = kinds.map(|kind| Key::new(kind, kind.alg()));
    place.issuer.publish(&keys);
    for key in keys {
        place.admits(&place.mint().signed_by(&key), key.kind.alg()).await;
        let damaged = place.mint().signed_by(&key).damaged(|bytes| *bytes.last_mut().unwrap() ^= 1);
        place.refuses(&damaged, key.kind.alg()).await;
    }
}

#[tokio::test]
async fn rs_10_an_algorithm_off_the_list_is_refused() {
    let (place, key) = with(Kind::Rs256).await;
    let open = key.clone().without("alg");
    place.issuer.publish(std::slice::from_ref(&open));
    place.refuses(&place.mint().signed_by(&open.clone().signing(Kind::Rs512)), "RS512").await;
    place.admits(&place.mint().signed_by(&open), "RS256 with the same key").await;
}

#[tokio::test]
async fn rs_10_what_is_not_signed_is_refused() {
    let place = Place::start().await;
    for alg in ["none", "None", "NONE", "nOnE", "", "null"] {
        place.refuses(&place.mint().header("alg", alg).unsigned(), alg).await;
        place.refuses(&place.mint().header("alg", alg).unsigned().without_header("kid"), alg).await;
        place.refuses(&place.mint().header("alg", alg), "a signature doesn't help").await;
    }
    place.refuses(&place.mint().unsigned(), "the right algorithm, and no signature").await;
    place.refuses(&place.mint().without_header("alg"), "no algorithm").await;
    for alg in [json!(null), json!(7), json!(["ES256"]), json!({})] {
        place.refuses(&place.mint().header("alg", alg.clone()), &alg.to_string()).await;
    }
    place.admits(&place.mint(), "signed").await;
}

#[tokio::test]
async fn rs_10_a_public_key_is_no_shared_secret() {
    let (place, key) = with(Kind::Rs256).await;
    place.issuer.publish(&[key.clone().without("alg")]);
    for alg in ["HS256", "HS384", "HS512"] {
        for (number, secret) in key.public_forms().iter().enumerate() {
            place.refuses(&place.mint().shared(alg, secret), &format!("{alg}, form {number}")).await;
        }
        place.refuses(&place.mint().shared(alg, b""), "no secret at all").await;
    }
    place.admits(&place.mint(), "the private key").await;
}

#[tokio::test]
async fn rs_10_a_published_secret_is_no_key() {
    let place = Place::start().await;
    let secret = b"a secret that somebody published";
    let shared = json!({ "kty": "oct", "k": encoded(secret), "kid": "shared", "alg": "HS256" });
    let good = Value::Object(place.issuer.key().jwk);
    place.issuer.publish_as(vec![shared, good]);
    place.refuses(&place.mint().shared("HS256", secret).header("kid", "shared"), "named").await;
    place.refuses(&place.mint().shared("HS256", secret).without_header("kid"), "not named").await;
    place.admits(&place.mint(), "the key beside it").await;
}

#[tokio::test]
async fn rs_10_an_algorithm_fits_its_key() {
    let (place, rsa) = with(Kind::Rs256).await;
    let [p256, p384, ed] = [Kind::Es256, Kind::Es384, Kind::EdDsa].map(|kind| Key::new(kind, kind.alg()));
    place.issuer.publish(&[rsa.clone(), p256.clone(), p384.clone(), ed.clone()]);
    for (key, alg) in [
        (&rsa, "ES256"),
        (&rsa, "PS256"),
        (&rsa, "EdDSA"),
        (&rsa, "RS384"),
        (&p256, "ES384"),
        (&p256, "RS256"),
        (&p384, "ES256"),
        (&p384, "EdDSA"),
        (&ed, "ES256"),
        (&ed, "RS256"),
        (&ed, "Ed448"),
    ] {
        let bent = place.mint().signed_by(key).header("alg", alg);
        place.refuses(&bent, &format!("{alg} by a key of {}", key.kind.alg())).await;
        place.admits(&place.mint().signed_by(key), key.kind.alg()).await;
    }
}

#[tokio::test]
async fn rs_10_a_key_is_used_for_what_it_is_for() {
    let place = Place::start().await;
    let key = Key::new(Kind::Rs256, "the key");
    let sign = |key: &Key| place.mint().signed_by(key);
    let cases = [
        (key.clone().with("use", "enc"), key.clone(), false),
        (key.clone().with("key_ops", json!(["encrypt"])), key.clone(), false),
        (key.clone().with("alg", "PS256"), key.clone(), false),
        (key.clone().with("alg", "RSA-OAEP"), key.clone(), false),
        (key.clone(), key.clone().signing(Kind::Ps256), false),
        (key.clone().without("alg"), key.clone().signing(Kind::Ps256), true),
        (key.clone().without("use").with("key_ops", json!(["verify"])), key.clone(), true),
        (key.clone(), key.clone(), true),
    ];
    for (published, signing, good) in cases {
        // A fresh server for each: keys are kept, and what is being tested is what is read of them.
        let place = Place::start().await;
        place.issuer.publish(std::slice::from_ref(&published));
        let mint = sign(&signing).claim("iss", place.issuer.url()).claim("aud", place.files.url());
        let why = format!("{:?}", published.without("n").jwk);
        if good { place.admits(&mint, &why).await } else { place.refuses(&mint, &why).await }
    }
}

#[tokio::test]
async fn rs_10_a_key_in_the_token_is_not_used() {
    let place = Place::start().await;
    let evil = Issuer::start().await;
    evil.serves(place.files.url());
    let own = Key::new(Kind::Es256, "mine");
    let bent = |mint: Mint| mint.claim("iss", place.issuer.url()).signed_by(&own);
    evil.publish(std::slice::from_ref(&own));
    let jwk = Value::Object(own.jwk.clone());
    for (name, value) in [
        ("jwk", jwk.clone()),
        ("jku", json!(evil.keys_url())),
        ("x5u", json!(evil.keys_url())),
        ("x5c", json!(["MIIB"])),
        ("jwks", json!({ "keys": [jwk] })),
    ] {
        for kid in ["mine", "first"] {
            let mint = bent(place.mint()).header(name, value.clone()).header("kid", kid);
            place.refuses(&mint, name).await;
        }
        let unnamed = bent(place.mint()).header(name, value.clone()).without_header("kid");
        place.refuses(&unnamed, name).await;
        let mint = place.issuer.mint(ALL).header(name, value.clone());
        place.admits(&mint, &format!("{name} is ignored")).await;
    }
    assert_eq!(evil.asked_at_all(), 0);
}

#[tokio::test]
async fn rs_10_a_signature_is_of_its_own_token() {
    let place = Place::start().await;
    let good = place.mint().token();
    let other = place.mint().claim("sub", "root").token();
    let [head, claims, signature] = parts(&good);
    let [_, other_claims, other_signature] = parts(&other);
    let shorter = &signature[..signature.len() - 4];
    for (why, token) in [
        ("claims changed", format!("{head}.{other_claims}.{signature}")),
        ("another's signature", format!("{head}.{claims}.{other_signature}")),
        ("a shorter one", format!("{head}.{claims}.{shorter}")),
        ("a longer one", format!("{head}.{claims}.{signature}AAAA")),
        ("none", format!("{head}.{claims}.")),
        ("no place for it", format!("{head}.{claims}")),
        ("padded", format!("{head}.{claims}.{signature}==")),
        ("written otherwise", format!("{head}.{claims}.{}", rewritten(&signature))),
        ("four parts", format!("{head}.{claims}.{signature}.{signature}")),
    ] {
        let reply = place.whoami(&token).await;
        assert_eq!(reply.status, 401, "{why}: {reply:?}");
    }
    assert_eq!(place.whoami(&good).await.status, 200);
}

/// The same bytes in base64, but for bits that nobody needs.
fn rewritten(signature: &str) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = signature.split_at(signature.len() - 1);
    let place = alphabet.find(last).expect("base64");
    format!("{rest}{}", &alphabet[place + 1..place + 2])
}

fn parts(token: &str) -> [String; 3] {
    let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts.try_into().expect("three parts")
}

#[tokio::test]
async fn rs_10_numbers_of_nothing_are_no_signature() {
    for kind in [Kind::Es256, Kind::Es384, Kind::EdDsa, Kind::Rs256] {
        let (place, key) = with(kind).await;
        let size = key.sign(b"x").len();
        for byte in [0, 1, 0xff] {
            let mint = place.mint().signature(vec![byte; size]);
            place.refuses(&mint, &format!("{} of {byte:#x}", kind.alg())).await;
        }
        place.admits(&place.mint(), kind.alg()).await;
    }
}

#[tokio::test]
async fn rs_10_a_signature_in_der_is_none() {
    let (place, key) = with(Kind::Es256InDer).await;
    place.refuses(&place.mint().signed_by(&key), "ASN.1").await;
    let key = Key::new(Kind::Es256, "fixed");
    let place = Place::start().await;
    place.issuer.publish(std::slice::from_ref(&key));
    place.admits(&place.mint().signed_by(&key), "two numbers").await;
}
