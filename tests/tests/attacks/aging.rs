//! Keys and tokens grow old.

use std::time::Duration;

use mcp_tests::issuer::{
    Place as Asked,
    key::{Key, Kind},
};

use super::{own::Own, refused};

/// The age that keys have if nobody says anything, and a little more.
const OLD: Duration = Duration::from_mins(11);

#[tokio::test]
async fn rs_13_a_key_that_is_withdrawn_is_refused_when_the_others_are_old() {
    let own = Own::by_keys().await;
    assert_eq!(own.call_anew().await.status, 200);
    own.issuer.publish(&[Key::new(Kind::Es256, "another")]);
    assert_eq!(own.call_anew().await.status, 200, "nobody has looked yet");
    own.later(OLD);
    refused(&own.call_anew().await, "withdrawn");
    own.issuer.publish(&[own.issuer.key()]);
    own.later(OLD);
    assert_eq!(own.call_anew().await.status, 200, "and published again");
}

#[tokio::test]
async fn rs_13_keys_are_kept_for_as_long_as_their_issuer_says_within_limits() {
    for (said, kept, gone) in [
        ("max-age=300", Duration::from_mins(4), Duration::from_mins(2)),
        ("public, max-age=7200", Duration::from_mins(110), Duration::from_mins(15)),
        ("max-age=0", Duration::from_secs(50), Duration::from_secs(15)),
        ("no-store", Duration::from_secs(50), Duration::from_mins(11)),
        ("max-age=99999999", Duration::from_hours(23), Duration::from_hours(2)),
        ("max-age=nonsense", Duration::from_mins(9), Duration::from_mins(2)),
    ] {
        let own = Own::by_keys().await;
        own.issuer.cache_control(said);
        assert_eq!(own.call_anew().await.status, 200, "{said}");
        let before = own.issuer.asked(Asked::Keys);
        own.later(kept);
        assert_eq!(own.call_anew().await.status, 200, "{said}");
        assert_eq!(own.issuer.asked(Asked::Keys), before, "{said}: too early");
        own.later(gone);
        assert_eq!(own.call_anew().await.status, 200, "{said}");
        assert_eq!(own.issuer.asked(Asked::Keys), before + 1, "{said}: too late");
    }
}

#[tokio::test]
async fn rs_15_old_keys_outlive_their_issuer_for_a_while() {
    let own = Own::by_keys().await;
    assert_eq!(own.call_anew().await.status, 200);
    own.issuer.is_down();
    own.later(OLD);
    assert_eq!(own.call_anew().await.status, 200, "an hour of grace");
    own.later(Duration::from_mins(50));
    assert_eq!(own.call_anew().await.status, 200, "not over yet");
    own.later(Duration::from_mins(15));
    let reply = own.call_anew().await;
    assert_eq!(reply.status, 503, "{reply:?}");
    assert!(reply.header("retry-after").parse::<u64>().is_ok_and(|wait| wait >= 1), "{reply:?}");
    own.issuer.recovers();
    own.later(Duration::from_secs(11));
    assert_eq!(own.call_anew().await.status, 200, "it is there again");
}

#[tokio::test]
async fn rs_15_who_is_down_is_not_asked_all_the_time() {
    let own = Own::by_keys().await;
    own.issuer.is_down();
    assert_eq!(own.call_anew().await.status, 503);
    let before = own.issuer.asked_at_all();
    for _ in 0..20 {
        assert_eq!(own.call_anew().await.status, 503);
    }
    assert_eq!(own.issuer.asked_at_all(), before, "within the time to cool down");
    own.issuer.recovers();
    own.later(Duration::from_secs(11));
    assert_eq!(own.call_anew().await.status, 200);
}

#[tokio::test]
async fn rs_14_an_unknown_key_is_looked_for_again_after_a_while() {
    let own = Own::by_keys().await;
    assert_eq!(own.call_anew().await.status, 200);
    let second = Key::new(Kind::Es256, "second");
    let call = async || own.call(&own.mint("").signed_by(&second).token()).await;
    refused(&call().await, "not published");
    own.issuer.publish(&[own.issuer.key(), second.clone()]);
    refused(&call().await, "published, and nobody looks so soon");
    own.later(Duration::from_secs(31));
    assert_eq!(call().await.status, 200);
}

#[tokio::test]
async fn rs_15_an_unknown_key_is_not_refused_by_one_who_could_not_look() {
    let own = Own::by_keys().await;
    assert_eq!(own.call_anew().await.status, 200);
    own.issuer.is_down();
    let second = Key::new(Kind::Es256, "second");
    let reply = own.call(&own.mint("").signed_by(&second).token()).await;
    assert_eq!(reply.status, 503, "a good token would be thrown away: {reply:?}");
    assert_eq!(own.call_anew().await.status, 200, "those with known keys go on");
}

#[tokio::test]
async fn rs_9_a_token_is_remembered_no_longer_than_it_is_good() {
    let own = Own::by_keys().await;
    let token = own.mint("").claim("exp", own.now() + 60).token();
    assert_eq!(own.call(&token).await.status, 200);
    own.later(Duration::from_secs(85));
    assert_eq!(own.call(&token).await.status, 200, "within what is forgiven");
    own.later(Duration::from_secs(10));
    refused(&own.call(&token).await, "it was good once");
}

#[tokio::test]
async fn rs_13_a_token_is_remembered_no_longer_than_five_minutes() {
    let own = Own::by_keys().await;
    let token = own.mint("").claim("exp", own.now() + 86_400).token();
    assert_eq!(own.call(&token).await.status, 200);
    own.issuer.rotate(Kind::Es256, "another");
    assert_eq!(own.call_anew().await.status, 200, "which makes the server look, and forget the first key");
    own.later(Duration::from_secs(301));
    refused(&own.call(&token).await, "its key is gone");
}
