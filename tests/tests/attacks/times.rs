//! When a token is good. Half a minute either way is forgiven, because clocks differ.

use mcp_tests::issuer::mint::now;
use serde_json::{Value, json};

use super::Place;

/// Whether a token is good, for each of these values of a claim.
async fn claim(name: &str, cases: Vec<(Value, bool)>) {
    let place = Place::start().await;
    for (value, good) in cases {
        let mint = place.mint().claim(name, value.clone());
        let why = format!("{name}: {value}");
        if good { place.admits(&mint, &why).await } else { place.refuses(&mint, &why).await }
    }
}

#[tokio::test]
async fn rs_9_a_token_that_never_ends_is_refused() {
    let place = Place::start().await;
    place.refuses(&place.mint().without("exp"), "no end").await;
    place.admits(&place.mint(), "an end").await;
}

#[tokio::test]
async fn rs_9_an_end_is_kept_to() {
    let now = now();
    let cases =
        [(300, true), (5, true), (-5, true), (-20, true), (-40, false), (-3_600, false), (-1_000_000, false)];
    claim("exp", cases.map(|(after, good)| (json!(now + after), good)).to_vec()).await;
}

#[tokio::test]
async fn rs_9_an_end_is_a_number() {
    let now = now();
    let end = now + 300;
    let odd =
        [json!(end.to_string()), json!(null), json!([end]), json!({}), json!(true), json!(-end), json!(0)];
    let mut cases: Vec<(Value, bool)> = odd.into_iter().map(|odd| (odd, false)).collect();
    cases.push((json!(end), true));
    claim("exp", cases).await;
}

#[tokio::test]
async fn rs_9_a_beginning_is_kept_to() {
    let now = now();
    let cases = [(-300, true), (0, true), (20, true), (45, false), (3_600, false)];
    let mut cases = cases.map(|(after, good)| (json!(now + after), good)).to_vec();
    cases.extend([json!(now.to_string()), json!(null), json!([]), json!("soon")].map(|odd| (odd, false)));
    claim("nbf", cases).await;
}

#[tokio::test]
async fn rs_9_nothing_is_issued_in_the_future() {
    let now = now();
    let cases = [(-300, true), (0, true), (20, true), (45, false), (3_600, false)];
    let mut cases = cases.map(|(after, good)| (json!(now + after), good)).to_vec();
    cases.extend([json!(now.to_string()), json!([]), json!("today")].map(|odd| (odd, false)));
    claim("iat", cases).await;
}

#[tokio::test]
async fn rs_9_numbers_beyond_time_are_no_crash() {
    let place = Place::start().await;
    for (name, text) in [
        ("exp", "-1e300"),
        ("nbf", "1e300"),
        ("iat", "1e19"),
        ("exp", "1e-300"),
        ("nbf", "18446744073709551616"),
    ] {
        let claims = Value::Object(place.mint().without(name).claims).to_string();
        let claims = format!("{},\"{name}\":{text}}}", claims.trim_end_matches('}'));
        place.refuses(&place.mint().claims_text(claims), &format!("{name}: {text}")).await;
    }
    place.admits(&place.mint().claim("nbf", 0), "the beginning of time").await;
}
