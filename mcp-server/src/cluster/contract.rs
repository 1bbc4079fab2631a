//! What every store of events must do: each sentence of [`Events`]' documentation is a test.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::FutureExt;

use super::{Event, Events, Following, Memory, Provenance, StreamKey, memory::EventLimits};
use crate::{
    clock::{Clock, Hand},
    quota::{Amount, ShareKey},
};

fn key(session: &str, stream: u32) -> StreamKey {
    StreamKey { session: session.into(), stream }
}

fn message(text: impl ToString) -> Event {
    Event::Message(Bytes::from(text.to_string()))
}

/// What ada's calls say that needed no scopes.
fn provenance() -> Provenance {
    Provenance { share: ShareKey::Principal("ada".into()), scope: Arc::default() }
}

/// What bob's calls say.
fn bobs() -> Provenance {
    Provenance { share: ShareKey::Principal("bob".into()), ..provenance() }
}

async fn begin(events: &dyn Events, key: &StreamKey) {
    events.begin(key.clone(), provenance()).await;
}

async fn end(events: &dyn Events, key: &StreamKey) {
    begin(events, key).await;
    events.end(key.clone()).await;
}

async fn say(events: &dyn Events, key: &StreamKey, texts: impl IntoIterator<Item = impl ToString>) {
    begin(events, key).await;
    for text in texts {
        events.append(key.clone(), message(text)).await;
    }
}

fn numbered(from: u64, texts: impl IntoIterator<Item = impl ToString>) -> Following {
    Following::Events((from..).zip(texts.into_iter().map(message)).collect())
}

/// A store that keeps this many events of a session, twice as many of one caller and three times as many in all, for a
/// minute.
fn memory(session: usize) -> (Arc<dyn Events>, Hand) {
    let (clock, hand) = Clock::by_hand();
    let amount = |entries, bytes| Amount { entries, bytes };
    let limits = EventLimits {
        session: amount(session, 1_000),
        each: amount(2 * session, 2_000),
        total: amount(3 * session, 3_000),
        age: Duration::from_mins(1),
    };
    (Arc::new(Memory::new(limits, clock)), hand)
}

#[tokio::test]
async fn events_are_numbered_from_one_in_the_order_in_which_they_came() {
    let (events, _) = memory(10);
    let stream = key("a", 1);
    say(&*events, &stream, ["x", "y", "z"]).await;
    assert_eq!(events.after(stream.clone(), 0).await, numbered(1, ["x", "y", "z"]));
    assert_eq!(events.after(stream.clone(), 2).await, numbered(3, ["z"]));
    assert_eq!(events.after(stream.clone(), 3).await, Following::Nothing);
    assert_eq!(events.after(stream.clone(), 4).await, Following::Unknown);
    assert_eq!(events.after(stream.clone(), u64::MAX).await, Following::Unknown);
    assert_eq!(events.after(key("a", 7), 0).await, Following::Nothing, "it may begin");
}

#[tokio::test]
async fn whoever_waits_learns_of_the_next_event() {
    let (events, _) = memory(10);
    let stream = key("a", 0);
    let mut news = events.news(stream.clone(), 0);
    assert!((&mut news).now_or_never().is_none());
    say(&*events, &stream, ["x"]).await;
    news.await;
    assert!(events.news(stream.clone(), 0).now_or_never().is_some(), "it is there already");
    assert!(events.news(stream, 1).now_or_never().is_none());
}

#[tokio::test]
async fn a_stream_that_has_ended_gives_what_is_left_and_takes_nothing() {
    let (events, _) = memory(10);
    let stream = key("a", 1);
    say(&*events, &stream, ["x"]).await;
    let mut news = events.news(stream.clone(), 1);
    assert!((&mut news).now_or_never().is_none());
    end(&*events, &stream).await;
    news.await;
    say(&*events, &stream, ["late"]).await;
    assert_eq!(events.after(stream.clone(), 0).await, numbered(1, ["x"]));
    assert_eq!(events.after(stream, 1).await, Following::End);
}

#[tokio::test]
async fn a_stream_may_end_without_an_event() {
    let (events, hand) = memory(10);
    let mut news = events.news(key("a", 1), 0);
    assert!((&mut news).now_or_never().is_none());
    end(&*events, &key("a", 1)).await;
    news.await;
    assert_eq!(events.after(key("a", 1), 0).await, Following::End);
    hand.advance(Duration::from_secs(61));
    say(&*events, &key("b", 1), ["x"]).await;
    assert_eq!(events.after(key("a", 1), 1).await, Following::Gone, "in time nobody knows it");
}

#[tokio::test]
async fn what_was_forgotten_is_said_to_be_gone() {
    let (events, hand) = memory(3);
    let stream = key("a", 1);
    say(&*events, &stream, 1..=5).await;
    assert_eq!(events.after(stream.clone(), 0).await, Following::Gone);
    assert_eq!(events.after(stream.clone(), 1).await, Following::Gone);
    assert_eq!(events.after(stream.clone(), 2).await, numbered(3, 3..=5));
    hand.advance(Duration::from_secs(61));
    assert_eq!(events.after(stream.clone(), 4).await, Following::Gone);
    assert_eq!(events.after(stream.clone(), 5).await, Following::Nothing, "nothing was missed");
    assert_eq!(events.after(key("b", 1), 1).await, Following::Gone, "nobody knows this stream");
}

#[tokio::test]
async fn a_stream_that_has_ended_is_forgotten_with_its_last_event() {
    let (events, _) = memory(3);
    for stream in 1..=4 {
        say(&*events, &key("a", stream), ["x"]).await;
        end(&*events, &key("a", stream)).await;
    }
    assert_eq!(events.after(key("a", 1), 1).await, Following::Gone);
    assert_eq!(events.after(key("a", 2), 0).await, numbered(1, ["x"]));
    assert_eq!(events.after(key("a", 4), 1).await, Following::End);
}

#[tokio::test]
async fn streams_that_end_without_an_event_are_bounded_too() {
    let (events, _) = memory(3);
    for stream in 1..=4 {
        end(&*events, &key("a", stream)).await;
    }
    assert_eq!(events.after(key("a", 1), 1).await, Following::Gone);
    assert_eq!(events.after(key("a", 2), 0).await, Following::End);
}

#[tokio::test]
async fn streams_know_nothing_of_each_other() {
    let (events, _) = memory(10);
    for (stream, text) in [(key("a", 1), "x"), (key("a", 2), "y"), (key("b", 1), "z")] {
        say(&*events, &stream, [text]).await;
    }
    assert_eq!(events.after(key("a", 2), 0).await, numbered(1, ["y"]));
    end(&*events, &key("a", 1)).await;
    assert_eq!(events.after(key("a", 2), 1).await, Following::Nothing);
    events.forget("a".into()).await;
    assert_eq!(events.after(key("a", 2), 1).await, Following::Gone);
    assert_eq!(events.after(key("b", 1), 0).await, numbered(1, ["z"]));
}

#[tokio::test]
async fn forgetting_a_session_ends_its_streams() {
    let (events, _) = memory(10);
    for stream in [0, 1] {
        say(&*events, &key("a", stream), ["x"]).await;
    }
    let mut news = events.news(key("a", 1), 1);
    assert!((&mut news).now_or_never().is_none());
    events.forget("a".into()).await;
    news.await;
    assert_eq!(events.after(key("a", 1), 1).await, Following::Gone);
}

#[tokio::test]
async fn what_a_stream_needs_is_known_from_its_beginning_until_it_is_forgotten() {
    let (events, hand) = memory(10);
    let stream = key("a", 1);
    assert_eq!(events.scope(stream.clone()).await, None, "nobody knows it");
    let begin =
        |scope: &str| events.begin(stream.clone(), Provenance { scope: scope.into(), ..provenance() });
    begin("files:read files:write").await;
    assert_eq!(events.scope(stream.clone()).await.as_deref(), Some("files:read files:write"));
    begin("").await;
    say(&*events, &stream, ["x"]).await;
    end(&*events, &stream).await;
    assert_eq!(events.scope(stream.clone()).await.as_deref(), Some("files:read files:write"));
    assert_eq!(events.scope(key("a", 2)).await, None);
    hand.advance(Duration::from_secs(61));
    assert_eq!(events.scope(stream.clone()).await, None);
    assert_eq!(events.after(stream, 1).await, Following::Gone);
}

#[tokio::test]
async fn nothing_is_appended_to_what_has_not_begun() {
    let (events, _) = memory(10);
    let stream = key("a", 1);
    events.append(stream.clone(), message("early")).await;
    events.end(stream.clone()).await;
    assert_eq!(events.after(stream.clone(), 0).await, Following::Nothing);
    say(&*events, &stream, ["x"]).await;
    assert_eq!(events.after(stream.clone(), 0).await, numbered(1, ["x"]));
    events.forget("a".into()).await;
    events.append(stream.clone(), message("late")).await;
    assert_eq!(events.after(stream, 0).await, Following::Nothing, "its session has ended");
}

#[tokio::test]
async fn a_session_that_says_much_costs_the_others_nothing_while_there_is_room() {
    let (events, _) = memory(3);
    say(&*events, &key("quiet", 1), ["x"]).await;
    say(&*events, &key("loud", 1), 0..100).await;
    assert_eq!(events.after(key("quiet", 1), 0).await, numbered(1, ["x"]));
    say(&*events, &key("third", 1), 0..100).await;
    assert_eq!(
        events.after(key("quiet", 1), 0).await,
        Following::Gone,
        "the oldest of the caller's goes first"
    );
    assert_eq!(events.after(key("third", 1), 97).await, numbered(98, 97..100));
}

#[tokio::test]
async fn rl_2_whoever_keeps_most_makes_room() {
    let (events, _) = memory(3);
    events.begin(key("quiet", 1), bobs()).await;
    events.append(key("quiet", 1), message("oldest")).await;
    for session in ["a", "b", "c", "d"] {
        say(&*events, &key(session, 1), 0..3).await;
    }
    events.begin(key("more", 1), bobs()).await;
    for text in 0..3 {
        events.append(key("more", 1), message(text)).await;
    }
    let kept = numbered(1, ["oldest"]);
    assert_eq!(events.after(key("quiet", 1), 0).await, kept, "the oldest of all isn't of whoever keeps most");
    assert_eq!(events.after(key("more", 1), 0).await, numbered(1, 0..3));
    assert_eq!(events.after(key("c", 1), 0).await, Following::Gone);
    assert_eq!(events.after(key("d", 1), 0).await, numbered(1, 0..3));
}

#[tokio::test]
async fn rl_2_a_share_is_bounded_in_bytes_too() {
    let (events, _) = memory(3);
    events.begin(key("quiet", 1), bobs()).await;
    events.append(key("quiet", 1), message("x")).await;
    let large = "x".repeat(900);
    for session in ["a", "b", "c"] {
        say(&*events, &key(session, 1), [&large]).await;
    }
    assert_eq!(events.after(key("a", 1), 0).await, Following::Gone, "2,700 bytes are more than a share");
    assert_eq!(events.after(key("b", 1), 0).await, numbered(1, [&large]));
    assert_eq!(events.after(key("quiet", 1), 0).await, numbered(1, ["x"]));
}

#[tokio::test]
async fn an_event_of_any_size_is_kept_until_the_next() {
    let (events, _) = memory(3);
    let large = "x".repeat(5_000);
    say(&*events, &key("a", 1), [&large]).await;
    assert_eq!(events.after(key("a", 1), 0).await, numbered(1, [&large]));
    say(&*events, &key("a", 1), ["y"]).await;
    assert_eq!(events.after(key("a", 1), 0).await, Following::Gone);
    assert_eq!(events.after(key("a", 1), 1).await, numbered(2, ["y"]));
}
