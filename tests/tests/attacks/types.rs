//! What kind of thing a token is, and how it is written.

use mcp_tests::issuer::key::encoded;
use serde_json::{Value, json};

use super::Place;

#[tokio::test]
async fn rs_11_only_an_access_token_is_one() {
    let place = Place::start().await;
    for typ in [
        json!("JWT"),
        json!("at"),
        json!("at+jwt2"),
        json!("id+jwt"),
        json!("refresh+jwt"),
        json!("logout+jwt"),
        json!("dpop+jwt"),
        json!("text/at+jwt"),
        json!("application/application/at+jwt"),
        json!(" at+jwt"),
        json!(""),
        json!(7),
        json!(null),
        json!(["at+jwt"]),
    ] {
        place.refuses(&place.mint().header("typ", typ.clone()), &typ.to_string()).await;
    }
    place.refuses(&place.mint().without_header("typ"), "none").await;
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
        place.admits(&place.mint().header("typ", typ), typ).await;
    }
}

#[tokio::test]
async fn rs_11_an_id_token_is_no_access_token() {
    let place = Place::start().await;
    let id = place.mint().header("typ", "JWT").without("scope").without("client_id");
    let id = id.claim("nonce", "n").claim("at_hash", "h").claim("aud", json!([place.files.url()]));
    place.refuses(&id, "of the same issuer, for the same audience").await;
    place.admits(&place.mint(), "the access token beside it").await;
}

#[tokio::test]
async fn rs_12_what_is_critical_and_unknown_is_refused() {
    let place = Place::start().await;
    for crit in [json!(["x"]), json!(["exp"]), json!(["b64"]), json!([]), json!("x"), json!(null), json!({})]
    {
        let mint = place.mint().header("crit", crit.clone()).header("x", 1);
        place.refuses(&mint, &crit.to_string()).await;
    }
    place.admits(&place.mint().header("x", 1), "unknown, and not critical").await;
}

#[tokio::test]
async fn rs_12_what_is_encrypted_nested_or_packed_is_refused() {
    let place = Place::start().await;
    let parts = ["e30", "AAAA", "AAAA", "AAAA", "AAAA"].join(".");
    super::refused(&place.whoami(&parts).await, "five parts");
    let header = encoded(r#"{"alg":"dir","enc":"A256GCM","typ":"at+jwt"}"#);
    super::refused(&place.whoami(&format!("{header}..AAAA.AAAA.AAAA")).await, "encrypted");
    place.refuses(&place.mint().header("enc", "A256GCM"), "says that it is encrypted").await;
    place.refuses(&place.mint().header("cty", "JWT"), "nested").await;
    place.refuses(&place.mint().header("cty", "jwt"), "nested, in any case").await;
    let inner = place.mint().token();
    place.refuses(&place.mint().header("cty", "JWT").claims_text(inner.clone()), "nested in fact").await;
    place.refuses(&place.mint().claims_text(inner), "nested, and silent").await;
    place.refuses(&place.mint().header("zip", "DEF"), "packed").await;
    place.refuses(&place.mint().header("b64", false), "not encoded").await;
    place.admits(&place.mint(), "plain").await;
}

#[tokio::test]
async fn rs_28_a_token_that_is_bound_to_a_key_is_refused() {
    let place = Place::start().await;
    for cnf in [
        json!({ "jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" }),
        json!({ "x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2" }),
        json!({ "kid": "x" }),
        json!({}),
        json!(null),
        json!("x"),
    ] {
        place.refuses(&place.mint().claim("cnf", cnf.clone()), &cnf.to_string()).await;
    }
    place.admits(&place.mint(), "bound to nothing").await;
}

#[tokio::test]
async fn rs_12_what_is_said_twice_is_refused() {
    let place = Place::start().await;
    let text = |object: serde_json::Map<String, Value>| Value::Object(object).to_string();
    let twice = |text: String, member: &str, value: Value, first: bool| {
        let one = format!("\"{member}\":{value}");
        if first { format!("{{{one},{}", &text[1..]) } else { format!("{},{one}}}", &text[..text.len() - 1]) }
    };
    let url = place.files.url();
    for first in [true, false] {
        for (member, value) in [
            ("aud", json!("https://other.example")),
            ("aud", json!(url)),
            ("iss", json!("https://evil.example")),
            ("exp", json!(4_000_000_000_u32)),
            ("scope", json!("files:write")),
            ("sub", json!("root")),
            ("client_id", json!("other")),
            ("\\u0061ud", json!(url)),
        ] {
            let claims = twice(text(place.mint().claims), member, value, first);
            place.refuses(&place.mint().claims_text(claims), member).await;
        }
        for (member, value) in [("alg", json!("ES256")), ("typ", json!("at+jwt")), ("kid", json!("first"))] {
            let header = twice(text(place.mint().header), member, value, first);
            place.refuses(&place.mint().header_text(header), member).await;
        }
    }
    let (header, claims) = (text(place.mint().header), text(place.mint().claims));
    place.admits(&place.mint().header_text(header).claims_text(claims), "once").await;
}

#[tokio::test]
async fn rs_12_what_is_no_object_is_no_token() {
    let place = Place::start().await;
    let claims = Value::Object(place.mint().claims).to_string();
    let deep = format!("{{\"a\":{}{},{}", "[".repeat(3_000), "]".repeat(3_000), &claims[1..]);
    for (why, text) in [
        ("nothing", Vec::new()),
        ("half", claims.as_bytes()[..40].to_vec()),
        ("a list", format!("[{claims}]").into_bytes()),
        ("a text", b"\"x\"".to_vec()),
        ("null", b"null".to_vec()),
        ("more after it", format!("{claims} {{}}").into_bytes()),
        ("a mark before it", format!("\u{feff}{claims}").into_bytes()),
        ("no text", [claims.as_bytes(), b"\xff"].concat()),
        ("deep", deep.into_bytes()),
    ] {
        place.refuses(&place.mint().claims_text(text.clone()), why).await;
        place.refuses(&place.mint().header_text(text), why).await;
    }
    place.admits(&place.mint().claims_text(claims), "an object").await;
}

#[tokio::test]
async fn rs_1_what_is_not_base64_is_no_token() {
    let place = Place::start().await;
    let good = place.mint().token();
    let (head, rest) = good.split_once('.').unwrap();
    for token in [
        format!("{head}=.{rest}"),
        format!("{head}+.{rest}"),
        format!("/{head}.{rest}"),
        format!(".{rest}"),
        format!("{head}.."),
        format!("..{good}"),
        format!("{head}A.{rest}"),
        "..".to_owned(),
        ".".to_owned(),
        "a".to_owned(),
    ] {
        super::refused(&place.whoami(&token).await, "not base64url");
    }
    assert_eq!(place.whoami(&good).await.status, 200);
}
