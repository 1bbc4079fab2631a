//! A body that has to be waited for counts to its caller's share from its first byte.

use std::{convert::Infallible, net::SocketAddr};

use axum::{
    body::{Body, Bytes},
    extract::ConnectInfo,
};
use futures_util::stream;
use http::Response;
use mcp_tests::wire::{Draft, Reply};
use serde_json::json;
use tokio::{sync::mpsc, task::JoinHandle};
use tower::ServiceExt;

use super::{
    server::House,
    tokens::{Signed, Token, alice, bob},
};

/// How many unfinished requests one caller may have: 32 MiB, of which each counts 64 KiB at least.
const MOST: usize = 512;

/// A request whose body never ends, from its first byte on.
struct Unfinished {
    _body: mpsc::Sender<()>,
    call: JoinHandle<Response<Body>>,
}

impl Unfinished {
    /// Sends its first byte. Is there as soon as that has been read.
    async fn start(house: &House, draft: &Draft, address: &str) -> Self {
        let (sender, receiver) = mpsc::channel::<()>(1);
        let (read, is_read) = tokio::sync::oneshot::channel();
        let first = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b"{")) });
        let waits = stream::unfold((receiver, Some(read)), |(mut receiver, mut read)| async {
            read.take().map(|read| read.send(()));
            receiver.recv().await?;
            Some((Ok(Bytes::new()), (receiver, read)))
        });
        let mut request = draft.request().map(|_| Body::from_stream(stream::StreamExt::chain(first, waits)));
        request.extensions_mut().insert(ConnectInfo(peer(address)));
        let router = house.router.clone();
        let call = tokio::spawn(async move { router.oneshot(request).await.expect("an answer") });
        let _ = is_read.await;
        Self { _body: sender, call }
    }
}

fn peer(address: &str) -> SocketAddr {
    format!("{address}:4711").parse().expect("an address")
}

fn call(token: &Token) -> Draft {
    Draft::call("any", json!({ "path": "a" })).with(token)
}

async fn from(house: &House, draft: &Draft, address: &str) -> Reply {
    let mut request = draft.request();
    request.extensions_mut().insert(ConnectInfo(peer(address)));
    Reply::read(house.router.clone().oneshot(request).await.expect("an answer")).await
}

const HERE: &str = "192.0.2.1";

#[tokio::test]
async fn tr_9_unfinished_requests_are_their_callers() {
    let house = House::new();
    let mut unfinished = Vec::new();
    for number in 0..MOST {
        let token = alice("").client(&format!("app{}", number % 10));
        unfinished.push(Unfinished::start(&house, &call(&token), HERE).await);
    }
    let refused = from(&house, &call(&alice("").client("new")), HERE).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "1"), "{refused:?}");
    assert_eq!(from(&house, &call(&bob("")), HERE).await.text(), "done", "others have their own");
    for unfinished in &unfinished {
        unfinished.call.abort();
    }
    for unfinished in unfinished {
        assert!(unfinished.call.await.is_err());
    }
    assert_eq!(from(&house, &call(&alice("")), HERE).await.text(), "done", "what has ended counts no more");
}

#[tokio::test]
async fn tr_9_strangers_have_a_share_by_their_network() {
    let house = House::public();
    let public = Draft::call("time", json!({}));
    let mut unfinished = Vec::new();
    for _ in 0..MOST {
        unfinished.push(Unfinished::start(&house, &public, "[2001:db8::1]").await);
    }
    assert_eq!(from(&house, &public, "[2001:db8::ffff:1]").await.status, 429);
    assert_eq!(from(&house, &public, "[2001:db8:0:1::1]").await.text(), "noon", "another network");
    assert_eq!(from(&house, &public, HERE).await.text(), "noon");
    assert_eq!(from(&house, &call(&bob("")), "[2001:db8::1]").await.text(), "done", "who has a token");
}

/// Large ones count by their bytes.
#[tokio::test]
async fn tr_9_finished_requests_of_any_size_pass_one_after_the_other() {
    let house = House::new();
    let large = Draft::call("any", json!({ "path": "x".repeat(3_900_000) })).with(&alice(""));
    for _ in 0..20 {
        assert_eq!(large.send(&house.router).await.status, 200);
    }
}
