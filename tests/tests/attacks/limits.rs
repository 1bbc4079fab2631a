//! Those who try tokens out.

use futures_util::{StreamExt as _, stream};
use mcp_tests::{
    files::Files,
    issuer::{
        Issuer,
        key::{Key, Kind},
    },
    wire::{Draft, Reply},
};

use super::{Place, whoami};

/// How many tries a test makes, to be over the limit also where each of them takes long: some is forgiven meanwhile.
const TRIES: usize = 400;

/// A try from an address, with a token that is never the same.
fn guess(number: usize, from: &str) -> Draft {
    whoami().bearer(&format!("a.{number}.c")).header("x-forwarded-for", from)
}

/// Tries until it is told to wait. Gives that answer, and after how many.
async fn until_limited(place: &Files, from: &str) -> Option<(usize, Reply)> {
    for number in 0..TRIES {
        let reply = guess(number, from).send(place.router()).await;
        match reply.status {
            401 => {}
            429 => return Some((number, reply)),
            _ => panic!("{reply:?}"),
        }
    }
    None
}

fn wait(reply: &Reply) -> u64 {
    reply.header("retry-after").parse().unwrap_or_else(|_| panic!("no time to wait: {reply:?}"))
}

#[tokio::test]
async fn rl_1_too_many_bad_tokens_are_told_when_to_come_back() {
    let place = Place::start().await;
    let (count, reply) = until_limited(&place.files, "192.0.2.1").await.expect("a limit");
    assert!(count >= 5, "a few mistakes are nobody's fault: {count}");
    assert!((1..=300).contains(&wait(&reply)), "{reply:?}");
    tokio::time::sleep(std::time::Duration::from_secs(wait(&reply).min(10))).await;
    let again = guess(TRIES, "192.0.2.1").send(place.router()).await;
    assert_eq!(again.status, 401, "an honoured wait is enough: {again:?}");
}

#[tokio::test]
async fn rl_7_a_good_token_passes_where_bad_ones_are_limited() {
    let place = Place::start().await;
    let token = place.issuer.token("");
    let good = whoami().bearer(&token).header("x-forwarded-for", "192.0.2.1");
    assert_eq!(good.send(place.router()).await.status, 200, "known before");
    until_limited(&place.files, "192.0.2.1").await.expect("a limit");
    assert_eq!(good.send(place.router()).await.status, 200, "and still");
    let elsewhere = guess(0, "192.0.2.2").send(place.router()).await;
    assert_eq!(elsewhere.status, 401, "others are not limited");
}

#[tokio::test]
async fn rl_7_no_token_is_no_bad_token() {
    let place = Place::start().await;
    for _ in 0..TRIES {
        let reply = whoami().header("x-forwarded-for", "192.0.2.1").send(place.router()).await;
        assert_eq!(reply.status, 401, "every client begins without one: {reply:?}");
    }
}

#[tokio::test]
async fn rl_7_at_once_is_no_more_than_in_turn() {
    let place = Place::start().await;
    place.admits(&place.mint(), "the keys are known").await;
    let stranger = Key::new(Kind::Es256, "unknown");
    let tokens: Vec<String> = (0..300)
        .map(|number| place.mint().signed_by(&stranger).header("kid", format!("kid {number}")).token())
        .collect();
    let sent = stream::iter(&tokens).map(async |token| {
        let draft = whoami().bearer(token).header("x-forwarded-for", "192.0.2.1");
        draft.send(place.router()).await.status
    });
    let begun = std::time::Instant::now();
    let statuses: Vec<u16> = sent.buffer_unordered(100).collect().await;
    // Ten are forgiven each second.
    let most = 110 + 10 * usize::try_from(begun.elapsed().as_secs() + 1).unwrap();
    let looked_at = statuses.iter().filter(|status| **status == 401).count();
    assert!(looked_at < most, "{looked_at} of 300 were told what is wrong");
    assert!(statuses.iter().all(|status| matches!(status, 401 | 429)), "{statuses:?}");
}

#[tokio::test]
async fn rl_2_an_address_is_not_what_a_client_says_it_is() {
    let issuer = Issuer::start().await;
    let files = Files::start_with(&[&issuer], |_| {}).await;
    let mut limited = false;
    for number in 0..TRIES {
        let from = format!("192.0.2.{number}");
        let draft =
            guess(number, &from).header("forwarded", &format!("for={from}")).header("x-real-ip", &from);
        limited |= draft.send(files.router()).await.status == 429;
    }
    assert!(limited, "no proxy is trusted, and each try said another address");
}

#[tokio::test]
async fn rl_2_behind_a_proxy_the_last_address_counts() {
    let place = Place::start().await;
    let mut limited = false;
    for number in 0..TRIES {
        let from = format!("198.51.100.{number}, 192.0.2.1");
        limited |= guess(number, &from).send(place.router()).await.status == 429;
    }
    assert!(limited, "what comes before it is only said by the client");
    assert_eq!(
        guess(0, "198.51.100.1").send(place.router()).await.status,
        401,
        "and it didn't harm those it named"
    );
    assert_eq!(
        guess(0, "192.0.2.1, 127.0.0.1").send(place.router()).await.status,
        429,
        "a trusted hop is passed over"
    );
}

#[tokio::test]
async fn rl_2_a_network_of_ipv6_is_one() {
    let place = Place::start().await;
    let mut limited = false;
    for number in 0..TRIES {
        let from = format!("2001:db8:1:2:{number:x}::1");
        limited |= guess(number, &from).send(place.router()).await.status == 429;
    }
    assert!(limited, "a /64 is one customer");
    assert_eq!(
        guess(0, "2001:db8:1:3::1").send(place.router()).await.status,
        401,
        "its neighbour is another"
    );
}

#[tokio::test]
async fn rl_2_nonsense_for_an_address_is_no_way_around() {
    let place = Place::start().await;
    let mut limited = false;
    for number in 0..TRIES {
        let from = format!("nonsense {number}");
        limited |= guess(number, &from).send(place.router()).await.status == 429;
    }
    assert!(limited);
    place.admits(&place.mint(), "others go on").await;
}

#[tokio::test]
async fn rl_6_many_addresses_do_not_fill_the_memory() {
    let place = Place::start().await;
    let from = |number: usize| {
        let [.., high, middle, low] = number.to_be_bytes();
        format!("172.{high}.{middle}.{low}")
    };
    let drafts = (0..12_000).map(|number| guess(number, &from(number)));
    let sent = stream::iter(drafts).map(async |draft: Draft| draft.send(place.router()).await.status);
    let statuses: Vec<u16> = sent.buffer_unordered(64).collect().await;
    assert!(statuses.iter().all(|status| *status == 401));
    place.admits(&place.mint(), "and the server goes on").await;
}
