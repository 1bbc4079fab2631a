//! Verifiers of a program's own.

use std::time::Duration;

use serde_json::json;

use super::{
    super::{AccessToken, Auth, BoxFuture, Rejected, Verified, Verifier, verifier::invalid},
    ISSUER, World,
};

/// Knows the tokens of a list.
struct Listed {
    issuers: Vec<&'static str>,
    known: Vec<(&'static str, Result<Verified, Rejected>)>,
}

impl Verifier for Listed {
    fn issuers(&self) -> Vec<String> {
        self.issuers.iter().map(|issuer| (*issuer).to_owned()).collect()
    }

    fn verify<'a>(&'a self, token: &'a AccessToken) -> BoxFuture<'a, Result<Verified, Rejected>> {
        let known = self.known.iter().find(|(known, _)| *known == token.reveal());
        let answer = known.map_or(Err(invalid("not in the list")), |(_, answer)| answer.clone());
        Box::pin(async move { answer })
    }
}

const OWN: &str = "https://keys.example.com";
const ALWAYS: Duration = Duration::MAX;

fn listed(known: Vec<(&'static str, Result<Verified, Rejected>)>) -> Auth {
    Auth::verifier(Listed { issuers: vec![OWN], known })
}

#[tokio::test]
async fn a_verifier_decides_about_tokens_that_name_nobody() {
    let good =
        Verified::new(OWN, ALWAYS).subject("ada").client("cli").scopes(["a"]).cache_for(Duration::ZERO);
    let world = World::of(listed(vec![("good", Ok(good.clone()))]).or(Auth::issuer(ISSUER)));
    assert_eq!(world.takes("good").await, good);
    world.refuses("bad", "not in the list").await;
    world.takes(&world.token(json!({}))).await;
    world.refuses(&world.token(json!({ "iss": OWN })), "not in the list").await;
    world.refuses(&world.token(json!({ "iss": "https://evil.example" })), "none of those").await;
    assert_eq!(world.tokens.issuers(), [OWN, ISSUER]);
}

#[tokio::test]
async fn a_verifier_is_held_to_what_no_token_may_say() {
    let expired = Verified::new(OWN, Duration::from_secs(1)).subject("ada");
    let world = World::of(
        listed(vec![
            ("foreign", Ok(Verified::new(ISSUER, ALWAYS).subject("ada"))),
            ("expired", Ok(expired)),
            ("nobody", Ok(Verified::new(OWN, ALWAYS))),
            ("unlisted", Ok(Verified::new("api-keys", ALWAYS).client("robot"))),
            ("empty", Ok(Verified::new(OWN, ALWAYS).subject("").client("robot"))),
            ("robot", Ok(Verified::new(OWN, ALWAYS).subject("robot").client("robot"))),
        ])
        .or(Auth::issuer(ISSUER)),
    );
    world.refuses("foreign", "doesn't name").await;
    world.refuses("unlisted", "doesn't name").await;
    world.refuses("empty", "empty").await;
    world.refuses("expired", "expired").await;
    world.refuses("nobody", "neither").await;
    let robot = world.takes("robot").await;
    assert_eq!((robot.subject, robot.client.as_deref()), (None, Some("robot")), "a client is no person");
}

#[tokio::test]
async fn verifiers_are_asked_in_turn_and_one_that_cannot_tell_is_not_overruled_by_a_no() {
    let wait = Duration::from_secs(7);
    let first = listed(vec![("hidden", Err(Rejected::Unavailable { retry_after: wait }))]);
    let good = Verified::new("https://second.example", ALWAYS).subject("ada");
    let second = Listed { issuers: vec!["https://second.example"], known: vec![("good", Ok(good))] };
    let world = World::of(first.or(Auth::verifier(second)));
    world.takes("good").await;
    assert_eq!(world.cannot_tell("hidden").await, wait);
    world.refuses("bad", "not in the list").await;
}

#[test]
fn rs_23_a_token_is_not_shown() {
    let token = AccessToken::new("s3cret");
    assert_eq!((format!("{token:?}"), token.reveal()), ("AccessToken(..)".to_owned(), "s3cret"));
}
