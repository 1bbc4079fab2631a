//! What responses hold in memory as long as their clients haven't read it: it counts to whoever asked for it.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};

use crate::{
    call::Principal,
    error::Refusal,
    quota::{Exceeded, Permit, Quota, ShareKey},
};

/// How many bytes a response, or a piece of a stream, may have that counts to nobody: it is no larger than what its
/// request takes.
const FREE: usize = 1024;

/// The bytes of responses that aren't read yet.
#[derive(Debug)]
pub(crate) struct Unread(Quota);

impl Unread {
    /// Of all callers together, and of one of them.
    pub(crate) fn new(total: usize, each: usize) -> Self {
        Self(Quota::new(total, each))
    }

    /// The same response, which counts to this principal's share until it is read.
    pub(super) fn count(&self, response: Response, principal: &Principal) -> Result<Response, Refusal> {
        let length = response.body().size_hint().exact();
        if length.is_some_and(|length| length <= FREE as u64) {
            return Ok(response);
        }
        let key = principal.owner().share().clone();
        let permit = length.map(|length| take(&self.0, &key, usize::try_from(length).unwrap_or(usize::MAX)));
        let permit = permit.transpose().map_err(refusal)?;
        let quota = self.0.clone();
        Ok(response.map(|body| Body::new(CountedBody { body, quota, key, permit })))
    }
}

/// What is larger than a share takes all of it: it is sent when nothing else waits.
fn take(quota: &Quota, key: &ShareKey, bytes: usize) -> Result<Permit, Exceeded> {
    quota.take(key, bytes.min(quota.share_of(key)))
}

fn refusal(exceeded: Exceeded) -> Refusal {
    match exceeded {
        Exceeded::Share => Refusal::UnreadResponses,
        Exceeded::Total => Refusal::UnreadByAll,
    }
}

/// A body whose bytes are counted.
struct CountedBody {
    body: Body,
    quota: Quota,
    key: ShareKey,
    /// For the first bytes, where it is known how many they are.
    permit: Option<Permit>,
}

impl http_body::Body for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context)?);
        let Some(data) = frame.map(Frame::into_data) else { return Poll::Ready(None) };
        let bytes = match data {
            Err(frame) => return Poll::Ready(Some(Ok(frame))),
            Ok(bytes) if bytes.len() <= FREE => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Ok(bytes) => bytes,
        };
        let permit = match self.permit.take() {
            Some(permit) => Ok(permit),
            None => take(&self.quota, &self.key, bytes.len()),
        };
        Poll::Ready(Some(match permit {
            Ok(permit) => Ok(Frame::data(Bytes::from_owner(CountedBytes { bytes, _permit: permit }))),
            Err(exceeded) => {
                tracing::debug!(%exceeded, "a stream ends: too much of what its caller asked for is unread");
                Err(axum::Error::new(exceeded))
            }
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Bytes that are counted for as long as anything holds them.
struct CountedBytes {
    bytes: Bytes,
    _permit: Permit,
}

impl AsRef<[u8]> for CountedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;
    use crate::call::somebody;

    async fn first(response: Response) -> (Body, Bytes) {
        let mut body = response.into_body();
        let bytes = body.frame().await.unwrap().unwrap().into_data().unwrap();
        (body, bytes)
    }

    #[tokio::test]
    async fn tr_22_unread_bytes_are_their_principals_until_nothing_holds_them() {
        let unread = Unread::new(10_000, 6_000);
        let (a, b) = (somebody("i", "a", "c"), somebody("i", "b", "c"));
        let of = |length: usize| Response::new(Body::from(vec![b'x'; length]));
        let response = unread.count(of(4_000), &a).unwrap();
        assert_eq!(unread.0.held_by(a.owner().share()), 4_000);
        assert_eq!(unread.count(of(4_000), &a).unwrap_err(), Refusal::UnreadResponses);
        assert!(unread.count(of(FREE), &a).is_ok(), "small ones count to nobody");
        let others = unread.count(of(6_000), &b).unwrap();
        assert_eq!(unread.count(of(2_000), &a).unwrap_err(), Refusal::UnreadByAll);
        let (body, mut bytes) = first(response).await;
        drop((body, others));
        let large = unread.count(of(50_000), &b).unwrap();
        assert_eq!(unread.0.held_by(b.owner().share()), 6_000, "one larger than the share takes all of it");
        drop(large);
        let rest = bytes.split_off(1);
        drop(bytes);
        assert_eq!((unread.0.held(), rest.len()), (4_000, 3_999), "a part holds the whole");
        drop(rest);
        assert_eq!(unread.0.held(), 0);
    }

    #[tokio::test]
    async fn tr_22_a_stream_counts_what_it_gives_out_of_hand_and_ends_beyond_the_share() {
        let unread = Unread::new(10_000, 6_000);
        let a = somebody("i", "a", "c");
        let (sender, receiver) = tokio::sync::mpsc::channel::<Bytes>(4);
        let stream = futures_util::stream::unfold(receiver, async |mut receiver| {
            receiver.recv().await.map(|bytes| (Ok::<_, std::io::Error>(bytes), receiver))
        });
        let mut body = unread.count(Response::new(Body::from_stream(stream)), &a).unwrap().into_body();
        for _ in 0..3 {
            sender.send(vec![b'x'; 4_000].into()).await.unwrap();
        }
        let first = body.frame().await.unwrap().unwrap();
        assert_eq!(unread.0.held(), 4_000);
        drop(first);
        let second = body.frame().await.unwrap().unwrap();
        assert!(body.frame().await.unwrap().is_err(), "the second isn't read yet");
        drop(second);
        assert_eq!(unread.0.held(), 0);
    }
}
